"""Scores two recordings as recordings of the same call: by test, conversation, parameters and surroundings."""

from __future__ import annotations

from recviewer.exchange.text import SENT
from recviewer.pairing.calls import INSTRUCTING, Bag, BareMessage, Call, Test

EDITED, EDITED_UNEVEN = 0.25, 0.4
"""Least similarity of conversations of one test; a higher one if turns were added or removed."""

OTHER = 0.7
"""Least similarity of conversations if the tests' ids differ."""

SAME_END = 0.8
"""Least similarity of the last messages of calls at different turns of their test."""


class Likeness:
    """Scores pairs of calls; caches comparisons."""

    def __init__(self) -> None:
        self._turns: dict[tuple[BareMessage, BareMessage], float] = {}
        self._tests: dict[tuple[str, str], float] = {}

    def fit(self, old: Call, new: Call, *, renamed: float = 0.0) -> float:
        """Return the score of two recordings as one call recorded twice, 0 to 1.

        renamed: if the test ids differ, the certainty that the test was renamed.
        """
        if not is_one_kind(old, new):
            return 0.0
        test = self.test(old.test, new.test, renamed=renamed)
        conversation = self.conversation(old, new)
        least = OTHER if old.test is not new.test else EDITED if len(old.turns) == len(new.turns) else EDITED_UNEVEN
        if conversation < least or (old.turn != new.turn and not self._ends_alike(old, new)):
            return 0.0
        same, answer = facts(old, new), self.turns(old.answer, new.answer)
        near = 0.03 * (old.model == new.model) + 0.01 * (old.host == new.host) + 0.01 * (old.folder == new.folder)
        equal = 0.04 * (same == 1.0) + 0.03 * (old.turn == new.turn)
        return 0.36 * test + 0.4 * conversation + 0.1 * same + 0.02 * answer + near + equal

    def alike(self, one: Call, other: Call) -> float:
        """Return the similarity of two recordings of one call: conversation, parameters and answer."""
        return self.conversation(one, other) + facts(one, other) + self.turns(one.answer, other.answer)

    def conversation(self, old: Call, new: Call) -> float:
        """Return the similarity of two conversations, 0 to 1. Users' turns weigh most, earlier answers least."""
        was, now = old.turns, new.turns
        if was == now:
            return 1.0
        if not was or not now:
            return 0.0
        if [turn.role for turn in was] == [turn.role for turn in now]:
            return self._zipped(was, now)
        return self._uneven(was, now) * (0.5 if self._is_next(was, now) or self._is_next(now, was) else 1.0)

    def turns(self, old: BareMessage, new: BareMessage) -> float:
        """Return the share of letters that two turns have in common."""
        if old is new:
            return 1.0
        found = self._turns.get((old, new))
        if found is None:
            found = self._turns[old, new] = shared(old.bag, old.size, new.bag, new.size)
        return found

    def parameters(self, old: Test, new: Test) -> float:
        """Return the similarity of two tests' parameters."""
        found = self._tests.get((old.id, new.id))
        if found is None:
            found = self._tests[old.id, new.id] = _parameters(old, new)
        return found

    def test(self, old: Test, new: Test, *, renamed: float = 0.0) -> float:
        """Return the certainty that two recordings are of one test, 0 to 1; 0.5 if neither names its test."""
        if old is new:
            return 1.0 if old.id else 0.5
        if not old.id or not new.id:
            return 0.4
        found = self.parameters(old, new)
        if old.function != new.function:
            return renamed * (0.5 + 0.4 * found)
        place = 0.04 if old.file == new.file else 0.0
        return 0.9 + place + 0.05 * found if old.masked == new.masked else 0.4 + place + 0.45 * found

    def _ends_alike(self, old: Call, new: Call) -> bool:
        last, final = old.turns[_last(old.turns)], new.turns[_last(new.turns)]
        return last.role == final.role and self.turns(last, final) >= SAME_END

    def _zipped(self, old: tuple[BareMessage, ...], new: tuple[BareMessage, ...]) -> float:
        last = _last(old)
        total = fit = 0.0
        for place, (was, now) in enumerate(zip(old, new, strict=True)):
            weight = was.weight * (2 if place == last else 1)
            total += weight
            fit += weight * self.turns(was, now)
        return fit / total

    def _uneven(self, old: tuple[BareMessage, ...], new: tuple[BareMessage, ...]) -> float:
        """Align the turns in order for the highest score; unmatched turns on either side reduce it.

        Instructions weigh half as much as elsewhere: they are added and removed most often.
        """
        best = [0.0] * (len(new) + 1)
        for was in old:
            weight = _uneven_weight(was)
            above, best = best, [0.0]
            for column, now in enumerate(new):
                paired = above[column] + self.turns(was, now) * weight if was.role == now.role else 0.0
                best.append(max(paired, above[column + 1], best[column]))
        total = max(sum(map(_uneven_weight, old)), sum(map(_uneven_weight, new)))
        last, final = old[_last(old)], new[_last(new)]
        ends = self.turns(last, final) if last.role == final.role else 0.0
        return 0.95 * max(best[-1] / total, (best[-1] + ends) / (total + 1))

    def _is_next(self, old: tuple[BareMessage, ...], new: tuple[BareMessage, ...]) -> bool:
        """Tell whether a conversation continues another: the same turns, followed by its answer."""
        if len(old) >= len(new) or new[len(old)].role not in SENT:
            return False
        return all(
            was.role == now.role and (was.role in SENT or self.turns(was, now) >= 0.9)
            for was, now in zip(old, new, strict=False)
        )


def is_one_kind(old: Call, new: Call) -> bool:
    """Tell whether two recordings can be of one call: same format, and, if they have no text, same provider.

    For a failure, only the endpoint tells the format.
    """
    return is_one_format(old, new) and is_one_provider(old, new)


def is_one_format(old: Call, new: Call) -> bool:
    """Tell whether two recordings are of one format."""
    return old.family == new.family or ((old.is_failure or new.is_failure) and old.endpoint == new.endpoint)


def is_one_provider(old: Call, new: Call) -> bool:
    """Tell whether two requests without text go to the same provider, or returned the same list of models."""
    if old.turns or new.turns or old.site == new.site:
        return True
    return old.listed != b"" and old.listed == new.listed


def _last(turns: tuple[BareMessage, ...]) -> int:
    """Return the index of the last turn that is not an answer: the subject of the call."""
    return next((place for place in reversed(range(len(turns))) if turns[place].role not in SENT), -1)


def _uneven_weight(turn: BareMessage) -> float:
    return turn.weight / 2 if turn.role in INSTRUCTING else turn.weight


def shared(old: Bag, old_size: int, new: Bag, new_size: int) -> float:
    """Return the share of letters that two bags have in common."""
    if not old_size or not new_size:
        return 0.0
    return 2 * sum([min(old[token], new[token]) for token in old.keys() & new.keys()]) / (old_size + new_size)


def _parameters(old: Test, new: Test) -> float:
    if old.parameters == new.parameters:
        return 1.0
    bags = shared(old.words.bag, old.words.size, new.words.bag, new.words.size)
    return 0.7 * max(_near(old.masked, new.masked), bags) + 0.3 * _near(old.parameters, new.parameters)


def _near(old: str, new: str) -> float:
    """Return the share of two parameter lists that their common prefix and suffix cover."""
    if old == new:
        return 1.0
    most = min(len(old), len(new))
    start = 0
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return (start + end) / max(len(old), len(new))


def facts(old: Call, new: Call) -> float:
    """Return the share of equal parameters and tools; those with other values count half."""
    every = old.facts.keys() | new.facts.keys()
    both = old.facts.keys() & new.facts.keys()
    return sum([1.0 if old.facts[key] == new.facts[key] else 0.5 for key in both]) / len(every) if every else 1.0
