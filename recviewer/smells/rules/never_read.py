"""A recording that no watched run of the suite reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recviewer.catalog.naming import file_of, suite_of
from recviewer.exchange.amounts import counted
from recviewer.pairing.sides import Side
from recviewer.smells.model import About, Among, Explained, Held, Needs, Noted, Rule, Severity, Surroundings
from recviewer.used.evidence import FAILED, INCOMPLETE, SKIPPED, OfRecording, RunSays, Speaker

_NAMED = 4
"""Most runs that a finding names."""

_TELLING = {SKIPPED: "its test was skipped", FAILED: "its test failed", INCOMPLETE: "not all of it ran"}
"""Why a run tells nothing, if that is worth mentioning: otherwise it would have read it."""


def _note(side: Side) -> str:
    return f"{side.held_by} {side.file_path}" if side.held_by else ""


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    if not around.runs:
        return
    every = [_known(one) for one in some]
    said: list[list[RunSays]] = [[] for _ in every]
    for run in around.runs:
        speaker = Speaker(run, around.top, every)
        for one, words in zip(every, said, strict=True):
            words.append(speaker.says(one))
    for place, words in enumerate(said):
        if held := _held(words):
            yield place, held


def _known(one: Noted) -> OfRecording:
    blob, _, path = one.note.partition(" ")
    return OfRecording(path, blob, one.test_id, file_of(one.test_id), suite_of(path))


def _held(said: Sequence[RunSays]) -> Held | None:
    """Return the finding if no run read a recording, and some run did not read it or would have told."""
    if any(one.opens for one in said):
        return None
    unread = [one.run for one in said if not one.why]
    if unread:
        of = f"{counted(len(unread), 'run')} that would have read it" if len(unread) > 1 else "the run that would have"
        return Held(Severity.AMBER, "never read", fault="never", says=f"it was not read by {of}: {_names(unread)}")
    for why, clause in _TELLING.items():
        if runs := [one.run for one in said if one.why == why]:
            return Held(
                Severity.GREY,
                "not known",
                fault=why,
                says=f"no run says whether it is read: {clause} in {_names(runs)}",
            )
    return None


def _names(runs: Sequence[str]) -> str:
    more = f" and {len(runs) - _NAMED:,} more" if len(runs) > _NAMED else ""
    return f"{', '.join(runs[:_NAMED])}{more}"


RULE = Rule(
    "never-read",
    "no run of the suite reads it",
    Explained(
        what="A recording that no watched run of the suite opened, though at least one of them would have: it knew the file "
        "with these bytes, ran to its end, and read others of the same test file. Grey: all of them left out its test.",
        why="Nothing replays it; it stays in the tree and in every change for nothing.",
        example="A recording of a request that the test has not made since its prompt was changed.",
        fix="Look which runs are kept (`recviewer used list`) and what they left out. Then mark it for deletion, and let "
        "`recviewer plan --try` show that the suite does without it.",
        mistaken="Suites and providers that are run elsewhere, and whose runs were not imported. Where no run is kept the "
        "rule is silent.",
    ),
    needs=Needs.TREE,
    about=About.PLACE,
    levels=(Severity.AMBER, Severity.GREY),
    among=Among(_note, _find),
)
