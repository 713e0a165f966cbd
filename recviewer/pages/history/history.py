"""The versions of one recording through the commits, whatever it was called; any two can be compared."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from recviewer.catalog.models import Recording
from recviewer.catalog.value_words import VERDICT_WORDS
from recviewer.exchange.model import Kind
from recviewer.git.repository import GitFailed
from recviewer.lineage.trace import Lineage, TreeFile, What
from recviewer.lineage.versions import FullVersion, is_bot
from recviewer.memory import git_contents, lineages, ranges
from recviewer.memory.lineages import NoHistory, Start
from recviewer.pages.deciding.verdict_bar import TONES
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.site.json import Json
from recviewer.pages.text.classes import CLASSES
from recviewer.recorders.reading import key_of_part
from recviewer.review.filters import standings_for
from recviewer.review.models import State
from recviewer.serving.discreet import discreet
from recviewer.store.paths import key_of

TITLE = 160
"""Characters of a question in the heading."""

WHAT_WORDS = {
    What.ADDED: ("plus", "good", "added"),
    What.MODIFIED: ("note", "note", "changed"),
    What.RENAMED: ("same", "quiet", "renamed, the same bytes"),
    What.REMADE: ("redo", "note", "re-recorded"),
    What.RETURNED: ("redo", "note", "restored"),
    What.DELETED: ("minus", "bad", "deleted"),
    What.THERE: ("undecided", "quiet", "was there already"),
}


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version. words: what happened. summary: in which words it differs. value: its blob as the form sends it.

    place: its path in the repository. url: of its content, "" for a deleted one. range_url: of its commit, change_url: of
    what happened to it there. before_url: of the comparison with the version before. old_name, old_path, old_url: of
    the file that it replaced. next_url: of the file that replaced it. said: how sure that is.
    """

    told: FullVersion
    glyph: str
    tone: str
    words: str
    summary: str
    place: str
    value: str
    url: str
    range_url: str
    change_url: str
    before_url: str
    old_name: str
    old_path: str
    old_url: str
    next_name: str
    next_url: str
    said: str
    is_bot: bool
    verdict: tuple[str, str, str] | None
    is_old: bool = False
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """The page. title: what was asked. today: where it lies now, with its address. disk: of an uncommitted file.

    start: the commit or name that the look starts at. elsewhere: names that have the path too, with their addresses.
    """

    path: str
    title: str
    start: str
    is_head: bool
    rows: tuple[VersionRow, ...]
    may_compare: bool
    """There are two versions whose bytes are known."""
    commits: int
    end: str
    further_url: str
    problems: tuple[str, ...]
    today: str
    today_url: str
    disk: str
    disk_url: str
    elsewhere: tuple[tuple[str, str], ...]
    head_url: str
    recording_url: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is no history to show. reason: why, as a sentence. further_url: of a look further back, "" for none."""

    path: str
    reason: str
    further_url: str


@require_safe
def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show the versions of the recording at a path, from HEAD or from the revision that `at` names."""
    recording = Recording.objects.filter(path=key).first()
    wants_json = False
    if recording is None and key.endswith(".json"):
        recording = Recording.objects.filter(path=key.removesuffix(".json")).first()
        wants_json = recording is not None or key.endswith(".json.json")
        key = key.removesuffix(".json") if wants_json else key
    asked = request.GET.get("at", "")
    hides = settings.HOSTED and recording is None
    try:
        here = ranges.repository()
        start = lineages.start_of(here, key, recording, asked)
        lineage, versions = lineages.versions_of(here, start)
    except NoHistory as nothing:
        if hides and not lineages.is_history_of_a_recording(key, ()):
            return _nothing(request, _no_recording(key))
        further = _url(key, nothing.further) if nothing.further else ""
        return _nothing(request, Nothing(key, f"{nothing}.", further))
    except GitFailed as failed:
        return _nothing(request, Nothing(key, f"{ranges.told(failed)}.", ""))
    if hides and not lineages.is_history_of_a_recording(key, versions):
        return _nothing(request, _no_recording(key))
    if wants_json:
        return Json(_as_json(start, lineage, versions))
    page = _page(key, recording, asked, start, lineage, versions)
    return render(request, "history/page.html", {"page": page})


def _no_recording(key: str) -> Nothing:
    """Say the same of a file that is not a recording as of one that never was."""
    return Nothing(key, "No recording of this repository is or was at this path.", "")


def _nothing(request: HttpRequest, page: Nothing) -> HttpResponse:
    return render(request, "history/nothing.html", {"page": page}, status=404)


def _page(
    key: str, recording: Recording | None, asked: str, start: Start, lineage: Lineage, versions: tuple[FullVersion, ...]
) -> History:
    rows = _rows(versions)
    today = lineage.today
    newest = versions[0].side if versions else None
    is_other = today is not None and today.raw != start.raw
    now = _blob_now(start, today, versions) if today else ""
    is_changed = bool(recording and not asked and now and recording.blob not in ("", now))
    further = lineage.further
    return History(
        path=key,
        title=_title(newest.meaning.line.asked) if newest else "",
        start=start.name,
        is_head=not asked and start.name == "HEAD",
        rows=rows,
        may_compare=sum([bool(row.value) for row in rows]) > 1,
        commits=lineage.commits,
        end=discreet(lineage.end),
        further_url=_url(git_contents.key_for(further[0]), further[1]) if further else "",
        problems=tuple(map(discreet, lineage.problems)),
        today=git_contents.key_for(today.raw) if today and is_other else "",
        today_url=_blob_url(today) if today and is_other else "",
        disk=recording.blob if recording and is_changed else "",
        disk_url=_compared(today.blob, recording.blob) if recording and today and is_changed and not start.part else "",
        elsewhere=tuple((name, _url(key, name)) for name in start.elsewhere),
        head_url=reverse("history:show", args=[git_contents.key_for(versions[0].side.raw)])
        if asked and versions
        else "",
        recording_url=url_of(key) if recording else "",
    )


def _title(asked: str) -> str:
    return asked if len(asked) <= TITLE else f"{asked[:TITLE].rstrip()}…"


def _rows(versions: tuple[FullVersion, ...]) -> tuple[VersionRow, ...]:
    standings = standings_for(one.side.subject for one in versions if one.side.subject)
    rows = [_row(one, standings[one.side.subject].state if one.side.subject in standings else "") for one in versions]
    with_bytes = [place for place, row in enumerate(rows) if row.value]
    for place in with_bytes[:1]:
        rows[place] = replace(rows[place], is_new=True)
    for place in with_bytes[1:2]:
        rows[place] = replace(rows[place], is_old=True)
    return tuple(rows)


def _row(one: FullVersion, state: str) -> VersionRow:
    version = one.version
    glyph, tone, words = WHAT_WORDS[version.what]
    summary = "" if one.change is None else one.change.summary.removeprefix("the same meaning").removeprefix("; ")
    if one.change is not None and version.what is not What.RENAMED:
        look = CLASSES[one.change.churn]
        words = look.words if version.what is What.MODIFIED else f"{words}, {look.words}"
        glyph, tone = look.glyph, look.tone
    spec = f"{version.parent}..{version.sha}"
    changes = reverse("changes:show", args=[spec]) if version.parent else ""
    is_other = version.before is not None and version.pair is not None and version.then is None
    before = version.before if version.place else None
    return VersionRow(
        told=one,
        glyph=glyph,
        tone=tone,
        words=words,
        summary=" ".join((summary or _answered(one)).split())[:240],
        place=one.side.path,
        value=f"blob:{version.place.blob}" if version.place and not one.side.part else "",
        url=_blob_url(version.place, one.side.part) if version.place else "",
        range_url=changes,
        change_url=f"{changes}?{urlencode({'change': one.side.path})}" if changes else "",
        before_url=_compared(before.blob, version.place.blob) if before and version.place and not one.side.part else "",
        old_name=_short(version.before.raw, version.place) if version.before and is_other else "",
        old_path=key_of(version.before.raw) if version.before and is_other else "",
        old_url=_blob_url(version.before) if version.before and is_other else "",
        next_name=key_of(version.then.raw) if version.then else "",
        next_url=reverse("history:show", args=[git_contents.key_for(version.then.raw)]) if version.then else "",
        said=f"{version.pair.sure.value}: {version.pair.why}" if version.pair else "",
        is_bot=one.commit is not None and is_bot(one.commit.author),
        verdict=(*TONES[State(state)], VERDICT_WORDS[state]) if state in VERDICT_WORDS else None,
    )


def _answered(one: FullVersion) -> str:
    """Return the first words of an answer; where there are none to be had, why."""
    words = one.side.meaning.line.answered
    return words if one.version.place is None or one.side.exchange.kind is not Kind.UNREADABLE else discreet(words)


def _short(raw: bytes, other: TreeFile | None) -> str:
    """Return the name of a file; its whole path where another one lies in another folder."""
    folder, _, name = raw.rpartition(b"/")
    return key_of(name if other is not None and other.raw.rpartition(b"/")[0] == folder else raw)


def _url(key: str, at: str) -> str:
    return f"{reverse('history:show', args=[key])}?{urlencode({'at': at})}"


def _blob_url(place: TreeFile, part: str = "") -> str:
    """Return the address of a content that git has. part: the recording among many of the file."""
    key = key_of_part(git_contents.key_for(place.raw), part)
    return f"{reverse('recording:blob', args=[place.blob])}?{urlencode({'path': key})}"


def _blob_now(start: Start, today: TreeFile, versions: tuple[FullVersion, ...]) -> str:
    """Return the blob of a recording as it is committed: of one among many of a file that of its own bytes."""
    return today.blob if not start.part else versions[0].side.blob if versions else ""


def _compared(old: str, new: str) -> str:
    return f"{reverse('difference:two')}?{urlencode({'old': f'blob:{old}', 'new': f'blob:{new}'})}"


def _as_json(start: Start, lineage: Lineage, versions: tuple[FullVersion, ...]) -> dict[str, object]:
    return {
        "path": key_of_part(key_of(start.raw), start.part),
        "head": lineage.head,
        "commits": lineage.commits,
        "end": discreet(lineage.end) or None,
        "problems": list(map(discreet, lineage.problems)),
        "versions": [
            {
                "what": one.version.what.value,
                "commit": one.version.sha,
                "author": one.commit.author if one.commit else None,
                "at": one.commit.at.isoformat() if one.commit else None,
                "subject": one.commit.subject if one.commit else None,
                "merged": [commit.sha for commit in one.merged],
                "path": key_of(one.version.place.raw) if one.version.place else None,
                "blob": one.version.place.blob if one.version.place else None,
                **({"part": one.side.part} if one.side.part else {}),
                "size": one.side.meaning.size,
                "model": one.side.exchange.model,
                "fingerprint": one.side.meaning.fingerprint,
                "before": {"path": key_of(one.version.before.raw), "blob": one.version.before.blob}
                if one.version.before
                else None,
                "paired_by": one.version.pair.how.value if one.version.pair else None,
                "sure": one.version.pair.sure.value if one.version.pair else None,
                "class": one.change.churn.value if one.change else None,
                "summary": one.change.summary if one.change else None,
            }
            for one in versions
        ],
    }


app_name = "history"
urlpatterns = [path("history/<key:key>", show, name="show")]
