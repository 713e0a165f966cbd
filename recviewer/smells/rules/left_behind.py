"""A recording whose request repeats a tool call or an answer that no recording of its test contains any more."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from recviewer.exchange.encode import encode
from recviewer.exchange.fingerprint import arguments_as_json
from recviewer.exchange.model import Exchange, Part, RefusalPart, Text, ToolCall
from recviewer.exchange.plain import dumps
from recviewer.exchange.text import SENT
from recviewer.pairing.sides import Side
from recviewer.replay.names import ReplayState
from recviewer.smells.model import About, Among, Explained, Held, Needs, Noted, Rule, Severity, Spot, Surroundings
from recviewer.smells.notes import by, is_own_file, short, short_of

_LONG = 80
"""A shorter answer in a request was probably written by the test itself."""

_SUMMARY = "Another language model started to solve this problem"
"""Start of the server's own summaries, which appear in requests as answers."""

_NAME, _TEXT = 4, "t"
_WORDS = 80
"""Characters of the repeated text that a finding shows."""

_MISSED = (ReplayState.OLDER, ReplayState.EDITED, ReplayState.UNKNOWN)


def _note(side: Side) -> str:
    """Two lists of hashes of calls and long texts: those in the answer, and those repeated in the request; then their
    texts.

    A call is four digits for its tool's name and those for the call; a text is `t` and its hash. The texts of what is
    repeated, truncated, are a JSON list.
    """
    if not is_own_file(side) or not side.test_id:
        return ""
    there = side.exchange
    made = [mark for one in there.outputs for mark, _ in _marks([Text(one.content), *one.tool_calls], there)]
    sent = [message for message in there.request.messages if message.role in SENT]
    quoted = dict(pair for message in sent for pair in _marks(message.parts, there))
    words = dumps(list(quoted.values())) if quoted else ""
    return f"{' '.join(dict.fromkeys(made))};{' '.join(quoted)};{words}" if made or quoted else ""


def _marks(parts: Sequence[Part], exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Yield a hash for each call and each long text, with its first words."""
    texts = []
    for part in parts:
        match part:
            case ToolCall():
                given = encode([part.name, arguments_as_json(part.arguments)], is_sorted=True)
                told = f"{part.name}({part.arguments[:_WORDS]})"
                yield short(part.name)[:_NAME] + short_of(given.decode(), exchange), told[:_WORDS]
            case Text() | RefusalPart():
                texts.append(part.text)
    text = "".join(texts).strip()
    if len(text) >= _LONG and not text.startswith(_SUMMARY):
        yield _TEXT + short_of(text, exchange), text[:_WORDS]


@dataclass(slots=True)
class _Test:
    """The content of a test's recordings. tools: prefixes of their calls. quoted: repeated ones with their text, by
    index.
    """

    made: set[str] = field(default_factory=set)
    tools: set[str] = field(default_factory=set)
    quoted: dict[int, dict[str, str]] = field(default_factory=dict)


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    """Texts written by tests are excluded: those that several tests repeat, and calls of tools that the test never calls."""
    tests = {test_id: _read(some, places) for test_id, places in by(some, lambda one: one.test_id).items()}
    in_tests = Counter(
        mark for test in tests.values() for mark in {one for marks in test.quoted.values() for one in marks}
    )
    found: dict[int, tuple[str, str, frozenset[str]]] = {}
    for test in tests.values():
        for place, marks in test.quoted.items():
            gone = [one for one in marks if one not in test.made]
            calls = [one for one in gone if one[0] != _TEXT and one[:_NAME] in test.tools]
            texts = [one for one in gone if one[0] == _TEXT and in_tests[one] == 1]
            odd = calls or texts
            if odd:
                found[place] = ("a call" if calls else "an answer", marks[odd[0]], frozenset(odd))
    when = _taken_away(some, {place: marks for place, (_, _, marks) in found.items()}, around)
    for place, (what, words, _) in found.items():
        yield place, _held(what, words, when.get(place, ""), is_surplus=some[place].replay in _MISSED)


def _taken_away(some: Sequence[Noted], found: dict[int, frozenset[str]], around: Surroundings) -> dict[int, str]:
    """Return, by index, the commits that removed, or changed, the source of a repeated call or answer."""
    when: dict[int, str] = {}
    if not found or around.history is None:
        return when
    by_test: dict[str, list[int]] = {}
    for place in found:
        by_test.setdefault(some[place].test_id, []).append(place)
    for commit, side in around.history.gone(by_test.keys()):
        made = frozenset(_note(side).partition(";")[0].split())
        for place in by_test[side.test_id]:
            if place not in when and found[place] & made:
                when[place] = commit
    return when


def _held(what: str, words: str, commit: str, *, is_surplus: bool) -> Held:
    """It can be deleted only if replay does not find it either: re-recording the missing part may use it again."""
    says = f"its request quotes {what} that no recording of its test makes"
    told = f"{says} since {commit}" if commit else says
    spots = (Spot("/request/body", words),)
    return Held(Severity.AMBER, what, fault=what, says=told, spots=spots, is_surplus=is_surplus)


def _read(some: Sequence[Noted], places: Sequence[int]) -> _Test:
    test = _Test()
    for place in places:
        made, quoted, words = some[place].note.split(";", 2)
        test.made.update(made.split())
        if quoted:
            test.quoted[place] = dict(zip(quoted.split(), json.loads(words), strict=True))
    test.tools = {mark[:_NAME] for mark in test.made if mark[0] != _TEXT}
    return test


RULE = Rule(
    "left-behind",
    "its request quotes what no recording of its test makes",
    Explained(
        what="A recording whose request holds a call of a tool, or a long answer, that no recording of its test makes. "
        "Calls of tools that no recording of the test calls, and texts that several tests quote, were written by the "
        "tests and are left out. The commit is named that took away or changed what made it, where git's history is at "
        "hand.",
        why="The first half of a conversation was re-recorded or deleted, and the second stayed: replay never comes "
        "to ask it.",
        example='The request goes on from `file_search(query="Q1 events")`; the answer before now asks for `"Q1 '
        '2023"`.',
        fix="Re-record the test, and delete what it does not ask for any more.",
        mistaken="Calls and answers that a test makes up where its own recordings call the same tool.",
        measured="40 in the tree; all were read and are right. In a sample of a tree it says nothing that counts. 24 more "
        "in the later tree of OGX; of 23 other code found no such answer either.",
        right={Severity.AMBER: (20, 20)},
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.PLACE,
)
