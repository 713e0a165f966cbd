"""How well two recordings fit as one call recorded twice: by test, conversation, parameters and what surrounds them."""

from __future__ import annotations

from recviewer.exchange.text import SENT
from recviewer.pairing.calls import INSTRUCTING, Bag, BareMessage, Call, Test

EDITED, EDITED_UNEVEN = 0.25, 0.4
"""Conversations less alike than this are two calls, though their test is the same; more is asked for where turns came
or went."""

OTHER = 0.7
"""The same, where the test has another id."""

SAME_END = 0.8
"""Calls at another turn of their test are two, unless what they ask last is that much alike."""


class Likeness:
    """Weighs calls against each other; remembers what it has compared."""

    def __init__(self) -> None:
        self._turns: dict[tuple[BareMessage, BareMessage], float] = {}
        self._tests: dict[tuple[str, str], float] = {}

    def fit(self, old: Call, new: Call, *, renamed: float = 0.0) -> float:
        """Return how well two recordings fit as one call recorded twice, 0 to 1.

        renamed: how sure it is that the test has only another name, where it has one.
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
        """Return how near two recordings of one call are to each other: what was said, how it was asked, what came."""
        return self.conversation(one, other) + facts(one, other) + self.turns(one.answer, other.answer)

    def conversation(self, old: Call, new: Call) -> float:
        """Return how alike two conversations are, 0 to 1. Turns of users weigh most, answers that were sent back least."""
        was, now = old.turns, new.turns
        if was == now:
            return 1.0
        if not was or not now:
            return 0.0
        if [turn.role for turn in was] == [turn.role for turn in now]:
            return self._zipped(was, now)
        return self._uneven(was, now) * (0.5 if self._is_next(was, now) or self._is_next(now, was) else 1.0)

    def turns(self, old: BareMessage, new: BareMessage) -> float:
        """Return the share of two turns' letters that both have."""
        if old is new:
            return 1.0
        found = self._turns.get((old, new))
        if found is None:
            found = self._turns[old, new] = shared(old.bag, old.size, new.bag, new.size)
        return found

    def parameters(self, old: Test, new: Test) -> float:
        """Return how much of two tests' parameters is the same."""
        found = self._tests.get((old.id, new.id))
        if found is None:
            found = self._tests[old.id, new.id] = _parameters(old, new)
        return found

    def test(self, old: Test, new: Test, *, renamed: float = 0.0) -> float:
        """Return how sure it is that two recordings are of one test, 0 to 1; 0.5 where neither says which it is."""
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
        """Fit the turns in order, as many as go together; what is left over on either side counts against it.

        Instructions weigh half of what they do elsewhere: they are what is put in and taken out most often.
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
        """Tell whether a conversation goes on from another: the same turns, and then what was its answer."""
        if len(old) >= len(new) or new[len(old)].role not in SENT:
            return False
        return all(
            was.role == now.role and (was.role in SENT or self.turns(was, now) >= 0.9)
            for was, now in zip(old, new, strict=False)
        )


def is_one_kind(old: Call, new: Call) -> bool:
    """Tell whether two recordings can be of one call: of one format, and without words of one provider.

    Of a failure, only the endpoint says which format it would have been.
    """
    return is_one_format(old, new) and is_one_provider(old, new)


def is_one_format(old: Call, new: Call) -> bool:
    """Tell whether two recordings are of one format."""
    return old.family == new.family or ((old.is_failure or new.is_failure) and old.endpoint == new.endpoint)


def is_one_provider(old: Call, new: Call) -> bool:
    """Tell whether two requests without words ask the same provider; a list of the same models is one's all the same."""
    if old.turns or new.turns or old.site == new.site:
        return True
    return old.listed != b"" and old.listed == new.listed


def _last(turns: tuple[BareMessage, ...]) -> int:
    """Return the place of the last turn that is no answer: what the call is about."""
    return next((place for place in reversed(range(len(turns))) if turns[place].role not in SENT), -1)


def _uneven_weight(turn: BareMessage) -> float:
    return turn.weight / 2 if turn.role in INSTRUCTING else turn.weight


def shared(old: Bag, old_size: int, new: Bag, new_size: int) -> float:
    """Return the share of two bags' letters that both have."""
    if not old_size or not new_size:
        return 0.0
    return 2 * sum([min(old[token], new[token]) for token in old.keys() & new.keys()]) / (old_size + new_size)


def _parameters(old: Test, new: Test) -> float:
    if old.parameters == new.parameters:
        return 1.0
    bags = shared(old.words.bag, old.words.size, new.words.bag, new.words.size)
    return 0.7 * max(_near(old.masked, new.masked), bags) + 0.3 * _near(old.parameters, new.parameters)


def _near(old: str, new: str) -> float:
    """Return how much of two parameter lists both begin and end with."""
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
    """Return the share of parameters and tools that both have alike; half counts what only has another value."""
    every = old.facts.keys() | new.facts.keys()
    both = old.facts.keys() & new.facts.keys()
    return sum([1.0 if old.facts[key] == new.facts[key] else 0.5 for key in both]) / len(every) if every else 1.0
