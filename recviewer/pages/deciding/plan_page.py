"""The page of a plan, for the recordings on disk or for a range."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from recviewer.exchange.amounts import counted, size
from recviewer.pages.site.forms import Fields, item_of, items_of
from recviewer.pages.templatetags.words import in_full
from recviewer.pages.text.test_ids import TestId, parse
from recviewer.plan import commands
from recviewer.plan import model as plans
from recviewer.plan.commands import Feed
from recviewer.plan.model import Again, FileToDo, LeftOut, Loss, Plan, TakenBack

SHOWN = 200
COPIED = 50_000
"""Maximum length of what a button copies, and of its markup; longer content comes as a file."""
"""Files that the page names, and tests to re-record; the downloads have all."""


@dataclass(frozen=True, slots=True)
class Downloads:
    """URLs of the plan in other formats. patch_name, list_name: the browser's file names."""

    patch: str
    git_rm: str
    tests: str
    patch_name: str = "delete-recordings.patch"
    list_name: str = "delete-recordings.txt"


@dataclass(frozen=True, slots=True)
class Around:
    """What differs between the plan of the tree and that of a range.

    url: of this page. url_of: leads to a recording, by path. downloads: see there. mark_url, mark_fields: of the form that
    marks more. items: the value of the `item` field that moves all marked files to the trash; obstacle: why they cannot
    be moved, "" if they can. title: for the window. list_url: of all there is to decide on. go_on_url: of the next
    undecided change of a range, "" for none.
    """

    url: str
    url_of: Callable[[str], str]
    downloads: Downloads
    mark_url: str
    mark_fields: Fields
    items: str
    obstacle: str
    title: str
    list_url: str
    go_on_url: str = ""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file with the URL of its recording."""

    file: FileToDo
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class PlannedTest:
    """The files of one test. test: None for files without a known test. loss: what the test would lose."""

    test: TestId | None
    rows: tuple[PlannedFile, ...]
    loss: Loss | None


@dataclass(frozen=True, slots=True)
class LinkedLeftOut:
    """A recording that is left out, with its URL."""

    left: LeftOut
    url: str


@dataclass(frozen=True, slots=True)
class LinkedTakenBack:
    """A recording whose old version is restored, with the URL of the new one."""

    pair: TakenBack
    url: str


@dataclass(frozen=True, slots=True)
class Rerun:
    """A test to re-record. links: its rejected recordings by URL."""

    again: Again
    test: TestId
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The page. more, more_…: how many are not shown. ended: losses of tests without a group.

    clauses: of its sentence: what to do, with how much, and the rest of it.
    top: the name of the checkout, "" for none. applying, removing, switching, recording: commands to copy, one a line.
    test_ids: all ids to re-record, a line each. Both are "" where they are too long for a page: the files have them.
    """

    plan: Plan
    around: Around
    clauses: tuple[tuple[str, str, str], ...]
    groups: tuple[PlannedTest, ...]
    more: int
    ended: tuple[tuple[TestId, Loss], ...]
    back: tuple[PlannedTest, ...]
    more_back: int
    stuck: tuple[LinkedLeftOut, ...]
    more_stuck: int
    taken_back: tuple[LinkedTakenBack, ...]
    more_taken_back: int
    kept: tuple[LinkedLeftOut, ...]
    more_kept: int
    changed: tuple[LinkedLeftOut, ...]
    more_changed: int
    alike: tuple[LinkedLeftOut, ...]
    more_alike: int
    alike_items: str
    reruns: tuple[Rerun, ...]
    more_reruns: int
    orphans: tuple[tuple[str, str], ...]
    test_ids: str
    top: str
    switching: str
    applying: str
    removing: str
    recording: str


def page_of(plan: Plan, around: Around) -> PlanPage:
    """Return the page of a plan."""
    url_of, downloads = around.url_of, around.downloads
    losses = {loss.test_id: loss for loss in plan.losses}
    groups = _groups(plan.deletions, losses, url_of)
    shown = {group.loss for group in groups}
    return PlanPage(
        plan=plan,
        around=around,
        clauses=tuple(clauses_of(plan)),
        groups=tuple(sorted(groups, key=lambda group: group.loss is None)),
        more=max(0, len(plan.deletions) - SHOWN),
        ended=tuple((parse(loss.test_id), loss) for loss in plan.losses if loss not in shown)[:SHOWN],
        back=tuple(_groups(plan.back, {}, url_of)),
        more_back=max(0, len(plan.back) - SHOWN),
        stuck=_links(plan.stuck[:SHOWN], url_of),
        more_stuck=max(0, len(plan.stuck) - SHOWN),
        taken_back=tuple(LinkedTakenBack(one, url_of(one.new.path)) for one in plan.taken_back[:SHOWN]),
        more_taken_back=max(0, len(plan.taken_back) - SHOWN),
        kept=_links(plan.kept[:SHOWN], url_of),
        more_kept=max(0, len(plan.kept) - SHOWN),
        changed=_links(plan.changed[:SHOWN], url_of),
        more_changed=max(0, len(plan.changed) - SHOWN),
        alike=_links(plan.alike[:SHOWN], url_of),
        more_alike=max(0, len(plan.alike) - SHOWN),
        alike_items=items_of(item_of(left.path, left.blob) for left in plan.alike),
        reruns=tuple(
            Rerun(again, parse(again.test_id), tuple((path, url_of(path)) for path in again.paths))
            for again in plan.again[:SHOWN]
        ),
        more_reruns=max(0, len(plan.again) - SHOWN),
        orphans=tuple((path, url_of(path)) for path in plan.orphans[:SHOWN]),
        test_ids=_copied(plans.test_ids(plan).decode().rstrip("\n")),
        top=plan.ground.work_tree.name if plan.ground.work_tree else "",
        switching="\n".join(commands.switching(plan)),
        applying="\n".join(commands.applying(plan, Feed("", downloads.patch_name))),
        removing="\n".join(commands.removing(plan, Feed("", downloads.list_name))),
        recording=_copied(_encodable("\n".join(commands.recording(plan)))),
    )


def clauses_of(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Yield the clauses of a plan's sentence: what to do, with how much, and the rest of it."""
    if plan.deletions:
        of_tests = f", of {counted(plan.tests, 'test')}" if plan.tests else ""
        yield "delete", counted(len(plan.deletions), "recording"), f", {size(plan.size)}{of_tests}"
    if plan.taken_back:
        yield "take", counted(len(plan.taken_back), "old recording"), " back"
    if plan.back:
        yield "restore", counted(len(plan.back), "recording"), ""
    if plan.again:
        yield "re-record", counted(len(plan.again), "test"), ""


def _groups(files: Sequence[FileToDo], losses: dict[str, Loss], url_of: Callable[[str], str]) -> list[PlannedTest]:
    made = []
    for test, some in groupby(files[:SHOWN], lambda file: file.test_id):
        rows = tuple(PlannedFile(one, one.path.rpartition("/")[2], url_of(one.path)) for one in some)
        made.append(PlannedTest(parse(test) if test else None, rows, losses.get(test)))
    return made


def _encodable(text: str) -> str:
    """Return text with lone surrogates escaped, which no page can contain."""
    return text.encode("utf-8", "backslashreplace").decode()


def _links(items: Sequence[LeftOut], url_of: Callable[[str], str]) -> tuple[LinkedLeftOut, ...]:
    return tuple(LinkedLeftOut(left, url_of(left.path)) for left in items)


def _copied(text: str) -> str:
    """Return what a button copies, "" if it is too long for a page."""
    return text if len(text) <= COPIED and len(in_full(text)) <= COPIED else ""
