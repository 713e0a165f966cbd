"""Words, numbers and recorded text in templates. A builtin library: templates need no `load` for it.

Recorded text is untrusted. `visible` and `seamed` escape it and mark what the eye would miss; with highlight.py they
are the only places that declare markup safe.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from recviewer.exchange import amounts
from recviewer.exchange.hidden import RUN
from recviewer.exchange.text import LINE as KEPT
from recviewer.pages.text.marks import marked
from recviewer.smells.model import excerpted

register = template.Library()

CHUNK_WINDOW = 200
"""Chunks that the table shows at once; a link to a later one names where its window begins."""


NAME = 6_000
"""Characters of markup that a name, a path or a sentence takes at most; texts are cut by who lays them out."""

LINE = 3_000
"""The same for a text in one line."""

TITLE = 1_000
"""Characters of a title, which stands on a page as often as what it is the title of."""

ADDRESS = 8_000
"""Characters of an address that forms of a page lead back to."""

BRIEF = 400
"""The same for a name in a row of many."""


def _within(text: str, most: int) -> str:
    """Return text as HTML; of one that takes more markup than that the beginning, and how much it has besides."""
    end = min(len(text), most)
    made = marked(text[:end])
    while len(made) > most:
        end //= 2
        made = marked(text[:end])
    return made if end == len(text) else f'{made}<span class="mark">… {len(text) - end:,} more characters</span>'


_WORD = re.compile(r"[a-z]+(?![\w./-])")


@register.filter
def sentence(text: str) -> str:
    """Begin with a capital letter; not where the first word is a name, such as `invalid_request` or `gpt-4o`."""
    return text[:1].upper() + text[1:] if _WORD.match(text) else text


@register.filter
def with_query(url: str, query: str) -> str:
    """Return a URL with further parameters, whether it has some already or not. query: `view=chunks`."""
    return f"{url}{'&' if '?' in url else '?'}{query}"


@register.filter
def in_code(text: str) -> SafeString:
    """Return words about rules as HTML, with what stands between backticks as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    made = [format_html("<code>{}</code>", one) if place % 2 else one for place, one in enumerate(parts)]
    return format_html_join("", "{}", ((one,) for one in made))


@register.filter
def bare(value: object) -> str:
    """Leave out invisible characters: for titles and attributes, which cannot hold marks. What is very long is cut."""
    text = str(value)
    return RUN.sub("", text if len(text) <= TITLE else f"{text[:TITLE]}…")


@register.filter
def visible(value: object) -> SafeString:
    """Show a recorded name or sentence: escaped, invisible characters (control, bidi, zero width) as marks like `U+202E`.

    Of one that is very long the beginning is shown, with how many characters follow: the raw file has them.
    """
    return mark_safe(_within("" if value is None else str(value), NAME))  # noqa: S308 - escaped by marked()


@register.filter
def with_code(value: object) -> SafeString:
    """Show a sentence of ours as `visible` does; what stands between two backticks in it is code."""
    pieces = str(visible(value)).split("`")
    if len(pieces) % 2 == 0:
        return mark_safe("`".join(pieces))  # noqa: S308 - escaped by visible()
    tagged = (f"<code>{piece}</code>" if place % 2 else piece for place, piece in enumerate(pieces))
    return mark_safe("".join(tagged))  # noqa: S308 - escaped by visible()


@register.filter
def brief(value: object) -> SafeString:
    """Show a recorded name in a row of many, as `visible` does; of a very long one only the first words."""
    return mark_safe(_within("" if value is None else str(value), BRIEF))  # noqa: S308 - escaped by marked()


@register.filter
def here(request: HttpRequest) -> str:
    """Return the address of a page to come back to; of one that is very long the beginning, which is a page too."""
    whole = request.get_full_path()
    return whole if len(whole) <= ADDRESS else request.path


@register.filter
def underscored(value: object) -> SafeString:
    """Show the name of a function as `brief` does; it may break behind its underscores."""
    return mark_safe(brief(value).replace("_", "_<wbr>"))  # noqa: S308 - escaped by brief()


@register.filter
def in_steps(value: object) -> SafeString:
    """Show a path or a name as `visible` does; it may break behind its slashes and underscores, if it is not very long."""
    text = "" if value is None else str(value)
    steps = re.split(r"(?<=[/_])", text) if len(text) <= BRIEF else [text]
    return mark_safe("<wbr>".join([visible(step) for step in steps if step]))  # noqa: S308 - escaped by visible()


@register.filter
def stepped(value: object) -> SafeString:
    """Show the way to a value (`a.b[3].c`) as `visible` does; it may break behind each step."""
    return mark_safe(visible(value).replace(".", ".<wbr>"))  # noqa: S308 - escaped by visible()


@register.filter
def in_full(value: object) -> SafeString:
    """Show recorded text as `visible` does, however long: who lays it out has cut it to the room that the page has."""
    return mark_safe(marked("" if value is None else str(value)))  # noqa: S308 - escaped by marked()


@register.filter
def seamed(pieces: Iterable[tuple[int, str]]) -> SafeString:
    """Show streamed text with a span for what each chunk brought. pieces: (chunk number, text) in order."""
    spans = [f'<span class="seam" data-chunk="{number:d}">{marked(text)}</span>' for number, text in pieces]
    return mark_safe("".join(spans))  # noqa: S308 - escaped by marked(), numbers are integers


@register.filter
def spaced(value: object) -> SafeString:
    """Show a fragment, as long as it is, with its spaces as `·` and its line ends as `⏎`."""
    return in_full(str(value).replace(" ", "·").replace("\n", "⏎").replace("\t", "⇥"))


@register.filter
def one_line(value: object) -> SafeString:
    """Show recorded text in one line: white space becomes one space, line ends one `⏎`. What is very long is cut."""
    whole = str(value)
    start = whole if len(whole) <= 2 * LINE else f"{whole[: 2 * LINE]}…"
    text = re.sub(r"[ \t\r]*\n\s*", " ⏎ ", start.strip())
    return mark_safe(_within(re.sub(r"[ \t]+", " ", text), LINE))  # noqa: S308 - escaped by marked()


@register.filter
def did(verdict: str) -> str:
    """Return what somebody did or wants by a verdict, after that person's name."""
    return _DID[verdict]


_DID = {
    "approve": "approved it",
    "reject": "wants it re-recorded",
    "delete": "marked it for deletion",
    "revert": "wants the old one back",
    "clear": "withdrew the verdict",
}


@register.filter
def kept(value: object) -> str:
    """Return a question or an answer as the index keeps it; one that was cut there ends in `…`."""
    words = str(value)
    return f"{words}…" if len(words) >= KEPT else words


@register.filter
def kept_line(value: object) -> SafeString:
    """Show a question or an answer as the index keeps it, in one line; one that was cut there ends in `…`."""
    return one_line(kept(value))


@register.filter
def excerpt(value: object) -> SafeString:
    """Show words that a finding keeps as its evidence in one line; those that were cut there end in `…`."""
    return one_line(excerpted(str(value)))


@register.filter
def flat(value: object) -> SafeString:
    """Show a few recorded words in a sentence of ours: all white space becomes one space."""
    return one_line(" ".join(str(value).split()))


@register.filter
def count(value: int) -> str:
    """Write a whole number with thousands separators."""
    return f"{value:,}"


@register.filter
def plain(value: int) -> str:
    """Write a whole number without separators, for addresses, ids and attributes."""
    return str(value)


@register.filter
def size(value: int) -> str:
    """Write a number of bytes short: `812 B`, `54.5 kB`, `1.12 MB`."""
    return amounts.size(value)


@register.filter
def counted(value: int, noun: str) -> str:
    """Write a number with its noun: `1 line`, `1,811 lines`. noun: `line`, or `reply,replies`."""
    one, _, many = noun.partition(",")
    return amounts.counted(value, one, many)


@register.filter
def ago(moment: datetime | None) -> str:
    """Write how long ago something was: `12 s ago`, `3 min ago`, `5 h ago`, then the day."""
    if moment is None:
        return "never"
    seconds = int((timezone.now() - moment).total_seconds())
    for limit, unit, name in ((60, 1, "s"), (3600, 60, "min"), (86_400, 3600, "h")):
        if seconds < limit:
            return f"{max(seconds, 0) // unit} {name} ago"
    if seconds < 14 * 86_400:
        return f"{seconds // 86_400} d ago"
    return day(moment)


@register.filter
def day(moment: datetime | None) -> str:
    """Write a day: `16 Apr 2026`."""
    return f"{moment.day} {moment:%b %Y}" if moment else ""


def _told(moment: datetime | None, say: Callable[[datetime | None], str]) -> SafeString:
    """Return words about a moment with the moment itself, which times.js writes in the zone of who reads."""
    if moment is None:
        return SafeString(say(None))
    utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    title = f"{day(utc)} {utc:%H:%M} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', utc.isoformat(), title, say(utc))


@register.filter
def when_day(moment: datetime | None) -> SafeString:
    """Write a day as `day` does, in UTC, with the moment and its time."""
    return _told(moment, day)


@register.filter
def when_ago(moment: datetime | None) -> SafeString:
    """Write how long ago something was as `ago` does, with the moment and its time."""
    return _told(moment, ago)


@register.filter
def short_name(name: str) -> str:
    """Shorten a long file name to its first 8 and last 9 characters: `7470b417…04ec.json`."""
    return f"{name[:8]}…{name[-9:]}" if len(name) > 24 else name


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """Draw a glyph of the sprite in the current colour. It is decoration: a word stands beside it."""
    return _drawn(f"{static('img/sprite.svg')}#{name}", classes)


@lru_cache(500)
def _drawn(href: str, classes: str) -> SafeString:
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}"></use></svg>', classes, href)


@register.simple_tag
@lru_cache(200)
def hint(key: str) -> SafeString:
    """Show the key that does the same as the control it stands in."""
    return format_html('<kbd class="hint" aria-hidden="true">{}</kbd>', key)


@register.filter
def bdi(value: object) -> SafeString:
    """Show a recorded value whose direction must not leak into what stands beside it."""
    return mark_safe(f"<bdi>{visible(value)}</bdi>")  # noqa: S308 - escaped by visible()


@register.filter
def markdown(value: object) -> SafeString:
    """Show what a reviewer wrote, as Markdown: escaped, without raw HTML and pictures."""
    from recviewer.pages.text import prose

    return mark_safe(prose.html(str(value)))  # noqa: S308 - made by prose.html(), which escapes


@register.filter
def laid_out(value: object) -> SafeString:
    """Show a recorded answer as Markdown, see `prose.answer_html`; what cannot be shown so stands as it was recorded."""
    from recviewer.pages.text import prose

    made = prose.answer_html(str(value))
    return in_full(value) if made is None else mark_safe(made)  # noqa: S308 - made by prose, which escapes


@register.filter
def json_block(value: object) -> SafeString:
    """Show indented JSON in four tones."""
    from recviewer.pages.text import highlight

    return highlight.block(str(value))


@register.filter
def cells(run: Any, address: str) -> SafeString:
    """Draw the cells of a strip's run as links to their chunks. address: of the chunk view, without the anchor."""
    start, made = escape(address), []
    for _, first, height in run.cells:
        where = f"&amp;from={first:d}" if first > CHUNK_WINDOW else ""
        made.append(
            f'<a class="cell h{height:d}" href="{start}{where}#chunk-{first:d}" data-chunk="{first:d}" tabindex="-1"></a>'
        )
    return mark_safe("".join(made))  # noqa: S308 - integers, and an address that was escaped


_SHAPES = {"here": (0, 10), "approved": (1, 6), "rejected": (5, 5), "undecided": (6, 1)}
"""Where a cell of a queue begins, and how high it is: the state is told by more than its colour."""


@register.filter
def tape(drawn: Iterable[Any]) -> SafeString:
    """Draw the cells of a queue, `pages.text.walk.WalkCell`, as links: a page has up to 400, too many for a template."""
    made = []
    for cell in drawn:
        state = "here" if cell.is_here else cell.state
        y, height = _SHAPES.get(state, (2, 5))
        place = f'x="{escape(cell.x)}" width="{escape(cell.width)}" y="{y}" height="{height}"'
        made.append(
            f'<a href="{escape(cell.url)}" tabindex="-1"><title>{escape(cell.title)}</title>'
            f'<rect class="tape-{escape(state)}" {place}></rect></a>'
        )
    return mark_safe("".join(made))  # noqa: S308 - every text was escaped
