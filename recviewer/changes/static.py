"""The report as one file that needs no server: for forks, and for artifacts of a build. Nothing in it is fetched or run."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib.resources import files

from recviewer import __version__
from recviewer.changes.links import Links
from recviewer.changes.lists import TITLES
from recviewer.changes.markdown import size
from recviewer.changes.model import Change
from recviewer.changes.report import Report, range_of
from recviewer.changes.sentence import sentence
from recviewer.difference.model import Difference, Item, Names, Values, VectorChange, Words, shown
from recviewer.difference.values import ABSENT
from recviewer.difference.words import Grain, Op
from recviewer.exchange.model import Exchange

LIMIT = 12_000_000
"""Characters after which changes are told by one line each; the file says so."""

TEXT = 20_000
"""Characters of one text that are shown; the file says how many more there are."""

CONTEXT = 400
"""Characters of an unchanged stretch between two changes that are shown, half at each end."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(report: Report, *, links: Links | None = None) -> Iterator[str]:
    """Yield the file in pieces."""
    css = files("recviewer.changes").joinpath("report.css").read_text(encoding="utf-8")
    title = escape(f"Recordings {range_of(report.found)}")
    yield f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}"><style>\n{css}</style></head>\n<body>'
    yield f'<p class="mono">{escape(range_of(report.found))}</p>\n<h1>{escape(sentence(report.found))}</h1>\n'
    yield from _table(report)
    for finding in report.findings:
        yield f'<div class="finding {finding.severity.value}"><strong>{escape(finding.title)}</strong><br>'
        yield f"{escape(finding.detail)}<br><code>{escape(finding.evidence)}</code> "
        yield f'<span class="note">{escape(finding.rule)}</span></div>\n'
    yield from _changes(report)
    lines = f"{report.found.source.raw_lines:,} lines of JSON differ"
    yield f"<footer>recviewer {__version__} · {lines}</footer></body></html>\n"


def _table(report: Report) -> Iterator[str]:
    yield '<table><thead><tr><th>what happened<th class="n">changes<th class="n">recordings<th class="n">tests'
    yield '<th class="n">size</tr></thead><tbody>\n'
    for churn, tally in report.found.classes().items():
        if tally.changes:
            cells = (f"{tally.changes:,}", f"{tally.recordings:,}", f"{tally.tests:,}", size(tally.size))
            yield f"<tr><td>{TITLES[churn]}" + "".join(f'<td class="n">{cell}' for cell in cells) + "</tr>\n"
    yield "</tbody></table>\n"


def _changes(report: Report) -> Iterator[str]:
    written = 0
    told: set[int] = set()
    heading = None
    for change in report.found.changes:
        if change.churn is not heading:
            heading = change.churn
            yield f"<h2>{TITLES[heading]}</h2>\n"
        is_repeated = change.alike is not None and change.alike in told
        if change.alike is not None:
            told.add(change.alike)
        if is_repeated or written > LIMIT:
            why = "the same change as above" if is_repeated else "not shown in this file, for it would be too large"
            yield f'<details><summary>{_heading(change)}</summary><p class="note">{why}</p>{_paths(change)}</details>\n'
            continue
        body = "".join(_body(change))
        written += len(body)
        yield f"<details><summary>{_heading(change)}</summary>{body}{_paths(change)}</details>\n"


def _heading(change: Change) -> str:
    side = change.side
    name = escape(side.test or side.path)
    unasked = " · not caused by this change" if change.unasked else ""
    verdict = f" · {change.verdict}" if change.verdict else ""
    return (
        f"<b>{name}</b> <span>{escape(side.exchange.model)}</span> {escape(change.summary)}{unasked}{escape(verdict)}"
    )


def _paths(change: Change) -> str:
    pair = change.pair
    how = f"{pair.why}; {pair.sure.value}" if pair else "no other recording of this call"
    lines = [
        f"<code>{sign} {escape(side.path)}</code><br>" for sign, side in (("−", change.old), ("+", change.new)) if side
    ]
    return f'<p class="note">{"".join(lines)}{escape(how)}</p>'


def _body(change: Change) -> Iterator[str]:
    difference = change.difference()
    if change.old is None or change.new is None:
        yield from _whole(change.side.exchange, change.side.meaning.line.asked)
        return
    yield from _part("asked", f'<div class="words">{escape(change.side.meaning.line.asked)}</div>')
    yield from _sections(difference)


def _whole(exchange: Exchange, asked: str) -> Iterator[str]:
    yield from _part("asked", f'<div class="words">{escape(asked)}</div>')
    for output in exchange.outputs:
        for label, text in (("answer", output.content), ("reasoning", output.reasoning), ("refusal", output.refusal)):
            if text:
                yield from _part(label, f'<div class="words">{_cut(text)}</div>')
        for call in output.tool_calls:
            yield from _part("tool call", f"<code>{escape(call.name)} {_cut(call.arguments)}</code>")
    if exchange.error is not None:
        yield from _part("error", f'<div class="words">{_cut(exchange.error.message)}</div>')


def _part(label: str, body: str) -> Iterator[str]:
    yield f'<div class="part"><div>{escape(label)}</div><div>{body}</div></div>\n'


def _cut(text: str) -> str:
    if len(text) <= TEXT:
        return escape(text)
    return f'{escape(text[:TEXT])} <span class="note">… {len(text) - TEXT:,} more characters</span>'


def _sections(difference: Difference) -> Iterator[str]:
    for section in difference.sections:
        for item in section.items:
            label = getattr(item, "label", "")
            yield from _part(f"{section.kind.value} {label}".strip(), _item(item))
    ignored = " · ".join(f"{one.path} ×{one.count}" for one in difference.ignored)
    yield from _part("ignored", f'<span class="note">{escape(ignored or "nothing")}</span>')


def _item(item: Item) -> str:
    match item:
        case Words():
            return _words(item)
        case Values():
            return "<br>".join(_value(change.path, change.old, change.new) for change in item.values)
        case Names():
            names = [f"<del>{escape(name)}</del>" for name in item.gone] + [
                f"<ins>{escape(name)}</ins>" for name in item.new
            ]
            return f"{item.kept:,} in both; <code>{' '.join(names)}</code>"
        case VectorChange():
            cosine = "no cosine" if item.cosine is None else f"cosine {item.cosine:.9f}"
            largest = "" if item.largest is None else f", largest difference {item.largest:.3g}"
            return f"{item.old_size:,} → {item.new_size:,} numbers, {cosine}{largest}"


_NOTES = {
    Grain.WORDS: "",
    Grain.LINES: "compared line by line, for it is long; ",
    Grain.BLOCK: "too different for words: the old text, then the new one; ",
}


def _words(item: Words) -> str:
    made = []
    last = len(item.words.spans) - 1
    for place, span in enumerate(item.words.spans):
        if span.op is Op.SAME:
            made.append(_same(span.text, is_first=place == 0, is_last=place == last))
        else:
            tag = "del" if span.op is Op.GONE else "ins"
            made.append(f"<{tag}>{_cut(span.text)}</{tag}>")
    notes = _NOTES[item.words.grain] + "; ".join(item.words.spelled[:5])
    return f'<div class="words">{"".join(made)}</div><div class="note">{escape(notes)}</div>'


def _same(text: str, *, is_first: bool, is_last: bool) -> str:
    if len(text) <= CONTEXT:
        return escape(text)
    head = "" if is_first else text[: CONTEXT // 2]
    tail = "" if is_last else text[-CONTEXT // 2 :]
    left_out = len(text) - len(head) - len(tail)
    return f'{escape(head)}<span class="note"> … {left_out:,} equal characters … </span>{escape(tail)}'


def _value(path: str, old: object, new: object) -> str:
    before = "" if old is ABSENT else f"<del>{_cut(shown(old))}</del> "
    after = "" if new is ABSENT else f"<ins>{_cut(shown(new))}</ins>"
    return f"<code>{escape(path)} {before}{after}</code>"
