"""The verdict bar and the tags of one recording, on its page and in the fragments after an action."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import TypeAlias
from urllib.parse import quote

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from recviewer.bounded.cache import Recent
from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.pages.deciding import double_clicks
from recviewer.pages.deciding.bar_words import NOBODY, sentence, was_here
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.recordings.queue import queue_for
from recviewer.pages.site.forms import Fields, fields_of
from recviewer.pages.text.walk import Queue
from recviewer.review import audit, deleting, labels, standing
from recviewer.review.actors import actor_of
from recviewer.review.filters import Label, tags_for_paths
from recviewer.review.models import AuditEvent, Decision, EventItem, State, Tag
from recviewer.review.subjects import Target, target_of, unread

_NAMED = re.compile("“[^”]*”")
RECENT = timedelta(hours=12)
"""How long the bar still mentions an action on another recording."""

TONES = {
    State.UNDECIDED: ("undecided", "quiet"),
    State.APPROVED: ("ok", "good"),
    State.REJECTED: ("redo", "bad"),
    State.DELETE: ("cross", "warn"),
    State.REVERT: ("return", "note"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """An action that can be undone or redone.

    sentence: its description; "Undid: …" for one that was undone. is_here: it was about this recording. is_said: the
    bar's sentence describes it.
    """

    event: int
    sentence: str
    at: datetime
    is_here: bool
    is_said: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """The verdict bar of one recording."""

    key: str
    seen: str
    """key, seen: its key and the blob that is shown."""
    fields: Fields
    """The hidden fields of every form."""
    act_url: str
    """Where verdicts are sent."""
    url: str
    """Of its page, to return to."""
    after: str
    """Where a verdict leads: the same, or the next item of the queue."""
    state: str
    """Approved, rejected, delete or undecided."""
    icon: str
    tone: str
    """icon, tone: the glyph and the class of its colour."""
    lead: str
    note: str
    rest: str
    """lead, note, rest: the sentence in three parts: bold, recorded words in quotation marks, plain."""
    at: datetime | None
    """When that was, or None."""
    where: str
    where_title: str
    """where, where_title: the blob in which the same meaning was approved, short, and its path; "" if it was here."""
    mine: str
    """This reviewer's verdict, "" for none."""
    chosen: str
    """The same, if it was given on this recording."""
    my_note: str
    """The reason of this reviewer's verdict."""
    is_carried: bool
    """The verdict that counts was given on another recording."""
    since_url: str
    """Of what changed since the last approval here."""
    last: Act | None
    again: Act | None
    """last, again: what Undo and Redo would do, None for nothing to mention."""
    trash_url: str
    """Of the confirmation page for the trash; "" if it is not possible, and obstacle says why."""
    obstacle: str
    error: str = ""
    """A refusal's sentence, "" for none."""
    is_stale: bool = False
    """The content shown is out of date: no buttons, but a link."""
    closed: str = ""
    """Why nothing can be decided now, as sentences; "" if it can: no buttons."""
    asks_reason: bool = False
    """The reason is missing or too long: its field is open and has the focus."""
    pressed: str = ""
    """The verdict whose button gets the focus after a swap."""
    says: str = ""
    """What is announced to a screen reader after a swap."""
    is_aside: bool = False
    """As in `Tags`."""
    queue: Queue | None = None
    """The review queue that this page is an item of; then a verdict leads to the next undecided item."""
    count: int = 1
    """How many recordings a verdict is given on."""
    alike: int = 0
    """How many others say the same, so that the verdict applies to them."""
    is_gone: bool = False
    """The question is whether it may be deleted."""
    can_delete: bool = True
    """False if some of it is already deleted."""
    can_go_back: bool = False
    """The old recording of a change can be restored."""
    shown: int = 0
    """When it was made, see `double_clicks`."""
    agreement: str = ""
    """Who has agreed and who has to, "" where one person is enough."""

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has said anything of it."""
        return self.rest == NOBODY

    @property
    def is_plain(self) -> bool:
        """Whether its sentence says only that nobody has decided, which a queue's count says too."""
        return self.is_untouched and not (self.alike or self.error or self.closed or self.since_url or self.agreement)


@dataclass(frozen=True, slots=True)
class Quick:
    """One of the most used tags, with a digit as its key. digit: "" for a tag that has none."""

    label: Label
    digit: str


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of one recording. key, seen, url: as in `Bar`. known: names that exist, for completion.

    tags: those it has; quick: the most used of those it does not have.

    error: a refusal's sentence. typed: the name that was refused. says: as in `Bar`. has_focus: the field has the focus
    after a swap. is_aside: the fragment comes beside another one and finds its place by its id.
    """

    key: str
    seen: str
    url: str
    tags: tuple[Quick, ...]
    quick: tuple[Quick, ...]
    known: tuple[str, ...]
    error: str = ""
    typed: str = ""
    says: str = ""
    has_focus: bool = False
    is_aside: bool = False

    @property
    def fields(self) -> Fields:
        """What every form sends, by name."""
        return fields_of(self.key, self.seen)


def since_url(key: str, seen: str) -> str:
    """Return the address of what changed in a recording since a blob of it was shown."""
    address = reverse("difference:since_approval", args=[key])
    return f"{address}?{urlencode({'from': seen})}" if seen else address


UNREAD = "Its bytes cannot be read, so there is nothing to decide on."
STALE = "The file changed since it was indexed. It can be decided on once it is indexed again."


def bar_for(request: HttpRequest, recording: Recording, *, is_stale: bool = False) -> Bar:
    """Work out the verdict bar of a recording for who looks at it.

    is_stale: what is shown is not what the catalog has, so a verdict would be on something that nobody sees.
    """
    queue = queue_for(request, recording)
    url = f"{url_of(recording.path)}?{urlencode({'in': queue.address})}" if queue else url_of(recording.path)
    made = bar_of(
        actor_of(request),
        [target_of(recording)],
        fields=fields_of(recording.path, recording.blob),
        act_url=reverse("review:decide"),
        url=url,
        after=queue.after_url if queue else url,
        queue=queue,
    )
    obstacle = deleting.obstacle(recording)
    closed = STALE if is_stale else UNREAD if unread(recording) else ""
    after = queue.after_url if queue else reverse("recordings:listing")
    asking = urlencode({"key": quote(recording.path, safe=""), "seen": recording.blob, "next": after})
    return replace(
        made,
        alike=0 if closed else _alike(recording),
        closed=closed,
        trash_url="" if obstacle or closed else f"{reverse('review:trash')}?{asking}",
        obstacle=obstacle,
    )


def _alike(recording: Recording) -> int:
    """Count the other recordings of the catalog that a verdict on this one decides."""
    same = _of_fingerprint(recording.fingerprint) if recording.fingerprint else _of_blob(recording.blob)
    return sum(same) - 1 if same else 0


@prepared
def _of_fingerprint(fingerprint: str) -> QuerySet[Recording, int]:
    same = Recording.objects.filter(fingerprint=fingerprint).order_by().values("fingerprint")
    return same.annotate(count=Count("pk")).values_list("count", flat=True)


@prepared
def _of_blob(blob: str) -> QuerySet[Recording, int]:
    same = Recording.objects.filter(fingerprint="", blob=blob).order_by().values("blob")
    return same.annotate(count=Count("pk")).values_list("count", flat=True)


def bar_of(
    actor: str,
    targets: Sequence[Target],
    *,
    fields: Fields,
    act_url: str,
    url: str,
    after: str,
    queue: Queue | None,
    is_gone: bool = False,
    asks: bool = False,
) -> Bar:
    """Work out the verdict bar of one thing to decide on. targets: all that a verdict is given on, first the one shown.

    asks: something is asked of the very change, see `standing.on`.
    """
    target = targets[0]
    counting = standing.on(target, asks=asks)
    state, settling = standing.settle(counting)
    _, mine = standing.settle([decision for decision in counting if decision.reviewer == actor])
    if mine is not None and settling is not None and mine.verdict == settling.verdict:
        settling = mine
    if settling is not None:
        settling.event = audit.by_key(settling.event_id)[0]
    said = sentence(target, settling, mine, actor, is_gone=is_gone, asks=asks)
    icon, tone = TONES[state]
    last, again = _acts(actor, target.path, settling)
    return Bar(
        key=target.path,
        seen=target.blob,
        fields=fields,
        act_url=act_url,
        url=url,
        after=after,
        state=state,
        icon=icon,
        tone=tone,
        lead=said.lead,
        note=said.note,
        rest=said.rest,
        at=said.at,
        where=said.where,
        where_title=said.where_title,
        mine=mine.verdict if mine else "",
        chosen=mine.verdict if mine and was_here(mine, target) else "",
        my_note=mine.note if mine else "",
        is_carried=said.is_carried,
        since_url=since_url(target.path, "") if said.has_earlier else "",
        last=last,
        again=again,
        trash_url="",
        obstacle="",
        queue=queue,
        count=len(targets),
        is_gone=is_gone,
        shown=double_clicks.now(),
    )


def refused(bar: Bar, sentence: str, *, is_stale: bool = False, asks_reason: bool = False, note: str = "") -> Bar:
    """Return the bar with a refusal in it. note: what was typed as the reason, so that it is not lost."""
    my_note = note if asks_reason else bar.my_note
    return replace(bar, error=sentence, is_stale=is_stale, asks_reason=asks_reason, my_note=my_note, says=sentence)


def tags_for(recording: Recording) -> Tags:
    """Return the tags of a recording, with what there is to choose from."""
    mine = tags_for_paths([recording.path]).get(recording.path, [])
    quick, known = _known_tags.made(standing.state(), _read_tags)
    often = {one.label.name: one for one in quick}
    return Tags(
        key=recording.path,
        seen=recording.blob,
        url=url_of(recording.path),
        tags=tuple(often.get(label.name) or Quick(label, "") for label in mine),
        quick=tuple(one for name, one in often.items() if name not in {label.name for label in mine}),
        known=known,
    )


_known_tags = Recent[tuple[object, ...], tuple[tuple[Quick, ...], tuple[str, ...]]](1)
"""The most used tags, and the names of all, by the state of everything that was said."""


def _read_tags() -> tuple[tuple[Quick, ...], tuple[str, ...]]:
    quick = [Quick(Label(tag.name, tag.colour), str(digit)) for digit, tag in enumerate(labels.quick(), 1)]
    return tuple(quick), tuple(_names())


@prepared
def _names() -> QuerySet[Tag, str]:
    return Tag.objects.order_by("folded").values_list("name", flat=True)[:200]


_Acts: TypeAlias = tuple[AuditEvent | None, AuditEvent | None, AuditEvent | None]
_last_acts = Recent[tuple[tuple[object, ...], str], _Acts](64, state_of=itemgetter(0))
"""The results of `_read_acts` by the state of everything that was said, and who acts."""


def _read_acts(actor: str) -> _Acts:
    """Return what a person may undo and redo, and the undo of the latter."""
    last, undone = audit.last_undoable(actor), audit.last_redoable(actor)
    return last, undone, audit.last_about(undone.pk) if undone else None


def _acts(actor: str, path: str, settling: Decision | None) -> tuple[Act | None, Act | None]:
    last, undone, undo = _last_acts.made((standing.state(), actor), lambda: _read_acts(actor))
    said = {settling.event_id, settling.event.target_id} if settling is not None else set()
    return _act(last, path, said=said), _act(undone, path, said=set(), at=undo.at if undo else None)


def _act(event: AuditEvent | None, path: str, *, said: set[int | None], at: datetime | None = None) -> Act | None:
    """Return what the bar says of an action. at: when it was undone, None for one that is in force."""
    if event is None:
        return None
    is_here = bool(_items_at(event.pk, path))
    when = at or event.at
    if not is_here and timezone.now() - when > RECENT:
        return None
    words = event.summary
    if is_here and event.count == 1:
        words = _NAMED.sub("this", words, count=1)
    sentence = f"{words[:1].upper()}{words[1:]}" if at is None else f"Undid: {words}"
    return Act(event.pk, sentence, when, is_here, event.pk in said)


@prepared
def _items_at(event: int, path: str) -> QuerySet[EventItem, int]:
    return EventItem.objects.filter(event=event, path=path).values_list("pk", flat=True)[:1]
