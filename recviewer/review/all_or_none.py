"""Verdicts of scripts: on everything that they name, if it is unchanged, or on nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from recviewer.changes.overview import Overview
from recviewer.exchange.amounts import counted
from recviewer.git.repository import GitFailed
from recviewer.review import decide, ranges
from recviewer.review.audit import Done
from recviewer.review.choosing import Chosen
from recviewer.review.models import Verdict
from recviewer.review.refusals import Invalid, Refused
from recviewer.review.subjects import Seen, Target


def on_recordings(seen: Sequence[Seen], *, actor: str, verdict: str, note: str) -> Done:
    """Record a verdict on recordings of the catalog.

    Raises Gone, Changed, Invalid if one differs from what was seen.
    """
    chosen = Chosen(seen)

    def find() -> list[Target]:
        found = chosen.targets()
        if chosen.left:
            raise Invalid(f"{chosen.sentence} Nothing was decided.")
        return found

    done = decide.say(find, chosen.contents, actor=actor, verdict=verdict, note=note)
    others = decide.count_beside(chosen.found) if done.event is not None else 0
    if not others:
        return done
    which = counted(others, "other that says", "others that say")
    return replace(done, sentence=f"{done.sentence} It holds for {which} the same too.")


def on_changes(
    look: Callable[[], Overview], seen: Sequence[Seen], *, actor: str, verdict: str, note: str
) -> tuple[Done, ...]:
    """Record a verdict on changes of a range, one action for each, after checking that all can be decided on.

    seen: paths in git. look: evaluates the range as it is now. Raises Gone, Changed, Invalid, before the first action.
    """
    each = list({item.path: item for item in seen}.values())
    found = look()
    if not each or any(not target.subject for one in each for target in ranges.targets(found, [one], verdict)):
        raise Invalid("Something that was named cannot be read, or nothing was named. Nothing was decided.")
    if verdict == Verdict.REJECT and not note.strip():
        raise Invalid("Say in a few words why it is to be re-recorded.")
    acts: list[Done] = []
    for one in each:
        try:
            acts.append(ranges.say(look, [one], actor=actor, verdict=verdict, note=note))
        except (Refused, GitFailed) as refusal:  # something changed between the first action and the last
            if not acts:
                raise
            raise Invalid(
                f"Only the first {len(acts):,} of {len(each):,} were decided on. Of the next: {refusal}"
            ) from refusal
    return tuple(acts)
