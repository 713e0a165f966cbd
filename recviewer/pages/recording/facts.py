"""The right column of a recording: file, test, parameters, usage, and what else is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import islice

from recviewer.catalog.content import Content
from recviewer.catalog.models import Commit, Recording
from recviewer.catalog.value_words import KIND_WORDS
from recviewer.changes.requests import MATCHED
from recviewer.exchange.model import Json, Kind
from recviewer.exchange.secret import Secret
from recviewer.pages.recording.file import InFile, in_file
from recviewer.pages.recording.usage import RunFacts, run_facts
from recviewer.pages.text.jsontext import compact
from recviewer.pages.text.test_ids import DecodedTest, decoded, in_address
from recviewer.pages.text.texts import shortened
from recviewer.replay.rules import RULES
from recviewer.store.files import count_lines

SHOWN = 60
"""Values of one kind, and problems, that are shown; the raw view has the rest."""

NAME = 120
"""Characters of a name that are shown."""

COUNTED = 20_000
"""Maximum length of a value for which the characters left out are counted."""

LONG = 240
"""Maximum length of a parameter's JSON; the raw view has the rest."""


@dataclass(frozen=True, slots=True)
class ReplayWords:
    """icon and tone: of the glyph. says: the state in words. rule: the rule's letter. expected: the name it gives."""

    icon: str
    tone: str
    says: str
    rule: str
    expected: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of facts. more: number of characters of the value that were left out, -1 for a great many."""

    name: str
    value: str
    more: int = 0

    @property
    def is_wide(self) -> bool:
        """Whether the value needs a line of its own."""
        return len(self.value) > 64


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the usage. group: names of the objects around it."""

    name: str
    group: str
    value: str
    is_zero: bool


@dataclass(frozen=True, slots=True)
class SecretFact:
    """Secrets of one kind. tone: of its glyph. places: their number."""

    called: str
    tone: str
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentFacts:
    """The facts from the content. usage: figures that are not zero; zeros: those that are.

    size, lines, blob: of the bytes that are shown; blob is "" if there are none. has_masked: some secrets are masked.
    """

    size: int
    lines: int
    blob: str
    test: DecodedTest | None
    params: tuple[Fact, ...]
    usage: tuple[Figure, ...]
    zeros: tuple[Figure, ...]
    metadata: tuple[Fact, ...]
    ids: tuple[Fact, ...]
    where: tuple[Fact, ...]
    problems: tuple[tuple[str, str], ...]
    secrets: tuple[SecretFact, ...]
    has_masked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts(ContentFacts):
    """All of the column. shared: its position in a file with many.

    test_address: the form of its test in the URL of the test's page, "" if it has none. runs: what runs of the suite
    say.
    """

    folder: str
    file_name: str
    replay: ReplayWords | None
    commit: Commit | None
    shared: InFile | None
    test_address: str
    runs: RunFacts | None


def facts_of(recording: Recording, read: ContentFacts) -> Facts:
    """Collect the facts. read: those of the content that is shown."""
    folder, slash, name = recording.file_path.rpartition("/")
    return Facts(
        folder=folder + slash,
        file_name=name,
        replay=_replay(recording),
        commit=recording.commit,
        shared=in_file(recording),
        runs=run_facts(recording),
        test_address=in_address(recording.test_id) if recording.test_id else "",
        **{one.name: getattr(read, one.name) for one in fields(read)},
    )


def read_facts(content: Content) -> ContentFacts:
    """Return the facts from a content."""
    exchange = content.exchange
    where = [Fact("endpoint", exchange.endpoint), Fact("url", exchange.url)]
    if exchange.kind is not Kind.UNREADABLE:
        where.insert(0, Fact("kind", KIND_WORDS.get(exchange.kind.value, exchange.kind.value)))
    if exchange.status is not None:
        where.append(Fact("status", str(exchange.status)))
    where += _kept(content)
    if exchange.reported_model and exchange.reported_model != exchange.model:
        where += [Fact("model asked", exchange.model), Fact("model answered", exchange.reported_model)]
    figures = _told_apart(list(_usage(exchange.usage or {})))
    used = [figure for figure in figures if not figure.is_zero]
    zeros = list({figure.name: figure for figure in figures if figure.is_zero}.values())
    problems = [(problem.where, problem.what) for problem in exchange.problems]
    return ContentFacts(
        size=len(content.data),
        lines=count_lines(content.data),
        blob=content.blob,
        test=decoded(exchange.test_id, {exchange.model}) if exchange.test_id else None,
        params=_flat(exchange.request.params),
        usage=(*used[:SHOWN], *[Figure("…", "", said, False) for said in _left_of(len(used))]),
        zeros=(*zeros[:SHOWN], *[Figure(said, "", "0", True) for said in _left_of(len(zeros))]),
        metadata=_flat(exchange.metadata),
        ids=_flat(exchange.id_mapping),
        where=tuple([fact for fact in where if fact.value]),
        problems=(*problems[:SHOWN], *[("", said) for said in _left_of(len(problems))]),
        secrets=_secrets(exchange.secrets),
        has_masked=any("masked " in one.told for one in exchange.secrets),
    )


def _kept(content: Content) -> Iterator[Fact]:
    """Yield what is known about how a recorder finds an exchange, and about its other settings."""
    matching = content.told.matching
    if matching is not None:
        on = [word for key, word in MATCHED.items() if key in matching.on]
        order = "; equal ones in their order" if matching.is_in_order else ""
        yield Fact("matched on", f"{', '.join(on)}{order} ({matching.recorder})")
    shown = content.told.document.get("shown")
    for note in shown.get("notes", ()) if isinstance(shown, dict) else ():
        yield Fact("as kept", str(note))


def _secrets(found: tuple[Secret, ...]) -> tuple[SecretFact, ...]:
    """Return the kinds of secrets in it, the worst first."""
    kinds = Counter((one.level, one.called) for one in found)
    ordered = sorted(kinds.items(), key=lambda one: list(_TONES).index(one[0][0]))
    return tuple([SecretFact(called, _TONES[level], count) for (level, called), count in ordered])


_TONES = {"red": "bad", "amber": "warn", "grey": "quiet"}


_SINCE = {rule.slug: f"{rule.slug}, of {rule.since:%-d %B %Y}" for rule in RULES}
"""The label of a rule beside a name: its letter and its first day."""


OWN = ("", "ogx")
"""Recorders whose file names depend on the request."""


def _replay(recording: Recording) -> ReplayWords | None:
    rule = _SINCE.get(recording.replay_rule, recording.replay_rule)
    expected = recording.replay_expected
    name = recording.file_path.rpartition("/")[2]
    expected = "" if expected == name else expected
    match recording.replay:
        case "current":
            return ReplayWords("ok", "good", "finds it, by rule", rule, expected)
        case "older":
            return ReplayWords("warn", "warn", "cannot find it: named by the older rule", rule, expected)
        case "edited":
            return ReplayWords("warn", "warn", "cannot find it: edited after it was named by rule", rule, expected)
        case "unknown":
            return ReplayWords("warn", "warn", "cannot find it: no rule gives this name", "", expected)
        case "unverifiable":
            why = (
                "the name is not a hash of the request"
                if recording.recorder in OWN
                else "what its test asks is in no file"
            )
            return ReplayWords("undecided", "quiet", f"cannot be checked: {why}", "", "")
    return None


def _flat(values: dict[str, Json]) -> tuple[Fact, ...]:
    facts = [_fact(key, value) for key, value in islice(values.items(), SHOWN)]
    return (*facts, *[Fact("…", said) for said in _left_of(len(values))])


def _fact(name: str, value: Json) -> Fact:
    text = compact(value, COUNTED)
    more = -1 if len(text) > COUNTED else max(0, len(text) - LONG)
    return Fact(shortened(name, NAME), text[:LONG], more)


def _left_of(count: int) -> list[str]:
    """Return a sentence with the number of things that only the raw file has, none if all are shown."""
    return [f"{count - SHOWN:,} more, in the raw file"] if count > SHOWN else []


def _usage(values: dict[str, Json], at: tuple[str, ...] = ()) -> Iterator[Figure]:
    """Yield the figures of a usage object, nested ones after their group. null means that it was not counted."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _usage(value, (*at, key))
        elif isinstance(value, list) and value and all(isinstance(item, dict) and item for item in value):
            yield from _listed(key, value, at)
        elif value is not None:
            yield Figure(
                key, " ".join(at), f"{value:,}" if type(value) is int else compact(value, LONG)[:LONG], value == 0
            )


def _told_apart(figures: list[Figure]) -> list[Figure]:
    """Return figures; those with the same name get the name of the object around them."""
    counts = Counter(figure.name for figure in figures)
    return [
        replace(one, name=f"{one.group.rpartition(' ')[2]} {one.name}") if one.group and counts[one.name] > 1 else one
        for one in figures
    ]


def _listed(key: str, items: list[Json], at: tuple[str, ...]) -> Iterator[Figure]:
    """Yield the figures of a list of objects, such as Gemini's of each modality, each after the texts of its object."""
    for item in items:
        held = item if isinstance(item, dict) else {}
        words = [value for value in held.values() if isinstance(value, str)]
        counts = {name: value for name, value in held.items() if not isinstance(value, str)}
        for figure in _usage(counts, (*at, key)):
            name = figure.name if len(counts) > 1 else key
            yield Figure(" ".join([name, *words]), figure.group, figure.value, figure.is_zero)
