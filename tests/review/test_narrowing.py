import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.catalog.filters import FILTERS
from recviewer.catalog.models import Commit, Recording
from recviewer.catalog.value_words import OUTCOME_WORDS
from recviewer.language.printing import printed
from recviewer.language.reading import parse
from recviewer.language.tree import All, Either, Not, Term, Word
from recviewer.review.decide import decide
from recviewer.review.narrowing import KEYS, LANGUAGE, narrowed, read
from recviewer.review.notes import write
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag


@pytest.mark.parametrize(
    ("typed", "terms", "rest"),
    [
        ("kind:chat", [Term("kind", "chat")], ""),
        ("-kind:chat", [Term("kind", "chat", True)], ""),
        ("hello kind:chat world", [Term("kind", "chat")], "hello world"),
        ('model:"a b" x', [Term("model", "a b")], "x"),
        ('test:""', [Term("test", "")], ""),
        ("size:>100k chunks:5", [Term("size", ">100k"), Term("chunks", "5")], ""),
        ("model:a:b", [Term("model", "a:b")], ""),
        ("other:word", [], "other:word"),
        ("https://example.com", [], "https://example.com"),
        ("my-kind:chat", [], "my-kind:chat"),
        ("x.kind:chat", [], "x.kind:chat"),
        ("kind:", [], "kind:"),
        ('"kind: chat"', [], '"kind: chat"'),
        ('"a kind:chat b" -"c kind:chat', [], '"a kind:chat b" -"c kind:chat"'),
        ("t/test_a.py::test_b[x kind:chat y] kind:chat", [Term("kind", "chat")], "t/test_a.py::test_b[x kind:chat y]"),
        ("kind:chat kind:genai", [Term("kind", "chat"), Term("kind", "genai")], ""),
        ("kind:chat OR kind:genai", [Term("kind", "chat"), Term("kind", "genai")], ""),
        ("kind:chat OR model:x", [], "kind:chat OR model:x"),
        ("has:tool OR has:error", [], "has:tool OR has:error"),
        ("(has:tool has:error)", [Term("has", "tool"), Term("has", "error")], ""),
        ("a (b OR kind:chat) has:tool", [Term("has", "tool")], "a (b OR kind:chat)"),
        ("(kind:chat) (kind:genai) x", [], "(kind:chat) (kind:genai) x"),
        ("(kind:chat OR kind:genai) (kind:genai)", [], "(kind:chat OR kind:genai) kind:genai"),
        ("-(kind:chat kind:genai)", [], "-(kind:chat OR kind:genai)"),
    ],
)
def test_filters_that_stand_on_the_line_itself_are_moved_out_of_it(typed, terms, rest):
    asked = read(typed)

    assert (list(asked.terms), asked.words) == (terms, rest)


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ('kind:"model list"', Term("kind", "models")),
        ("kind:Chat", Term("kind", "chat")),
        ('-replay:"older rule"', Term("replay", "older", True)),
        (f'outcome:"{OUTCOME_WORDS["truncated"].upper()}"', Term("outcome", "truncated")),
        ("has:TOOL", Term("has", "tool")),
        ("is:undecided", Term("is", "pending")),
        ("state:re-record", Term("state", "rejected")),
        ("model:GPT-4o", Term("model", "GPT-4o")),
    ],
)
def test_words_of_the_pages_are_understood(typed, term):
    assert read(typed).terms == (term,)
    assert read(typed).words == ""


@given(st.sampled_from(KEYS), st.text(min_size=1), st.booleans())
def test_filter_that_is_said_is_understood(key, value, is_negative):
    term = Term(key, value, is_negative)
    found = parse(term.said, LANGUAGE).tree

    assert isinstance(found, Term)
    assert (found.key, found.is_negative) == (key, is_negative)
    assert found.value == LANGUAGE.meant(key, value)


def test_every_filter_has_an_example_that_it_understands():
    for one in FILTERS.values():
        [term] = read(one.example).terms
        assert term.key == one.key
        assert one.condition(term.value) is not None


@given(
    st.text()
    | st.lists(
        st.sampled_from(["(", ")", "OR", "a", "-", "kind:chat", "kind:genai", "has:tool", '"']), max_size=30
    ).map(" ".join)
)
def test_what_is_left_of_a_line_is_read_as_itself(typed):
    asked = read(typed)
    again = read(asked.words)

    assert (again.terms, again.words) == ((), asked.words)
    assert len(asked.every_term) <= 60


LINES = """planet | moon | earth | "which planet" | pla* | 天気 | 🙂 | 0123456789ab | test_earth | nothing | 2 + 2
model:m-1 | model:gpt-4o | kind:chat | kind:unreadable | has:stream | has:test | has:problem | is:answered | is:error
is:pending | is:approved | is:rerecord | state:approved | state:undecided | tag:golden | tag:flaky | has:tag | has:note
by:Ana | by:Ben | by:nobody | size:>1k | size:100..700 | chunks:>1 | host:example | test:earth | path:b/ | suite:a
finish:stop | before:2026-04 | after:2026-04-10 | month:2026-04 | replay:current | is:lost | provider:azure | recorder:ogx
file:tests/test_planets.py | outcome:answer | for:Eve | for:ana"""
LINES = [line.strip() for line in LINES.replace("\n", "|").split("|")]


@pytest.fixture
def tree(make_recording, db):
    made = [
        make_recording("a/recordings/1.json", asked="Which planet? 2 + 2", answered="Earth."),
        make_recording(
            "a/recordings/2.json", asked="Größe of 天気?", answered="A 🙂", test="t.py::test_x[c-txt=azure/m-2-b]"
        ),
        make_recording("b/recordings/0123456789ab.json", data=b"{"),
        make_recording("b/recordings/3.json", asked="Which moon?", answered="planets: none of them " * 40, test=None),
        make_recording("b/recordings/4.json", asked="Which earth?", answered="Moon."),
    ]
    early = Commit.objects.create(sha="a" * 40, author="x", at="2026-03-31T23:59:59Z", subject="", body="")
    late = Commit.objects.create(sha="b" * 40, author="x", at="2026-04-10T00:00:00Z", subject="", body="")
    Recording.objects.filter(pk=made[0].pk).update(commit=early)
    Recording.objects.filter(pk__in=[made[1].pk, made[2].pk]).update(commit=late)
    seen = [Seen(one.path, one.blob) for one in made]
    decide(seen[:1], actor="Ana", verdict="approve")
    decide(seen[2:3], actor="Ben", verdict="reject", note="no")
    tag(seen[:2], actor="Ana", name="golden")
    tag(seen[1:3], actor="Ana", name="flaky")
    write(seen[3], actor="Ana", body="hm, @eve?")
    tag(seen[4:], actor="Ana", name="@Eve")
    return made


def found(line):
    """Return which recordings a line leaves."""
    asked = read(line)
    assert asked.faults == ()
    return set(narrowed(asked.terms, asked.words).values_list("pk", flat=True))


def by_sets(tree, alone, every):
    """Return which recordings a tree stands for, from what each of its leaves leaves alone."""
    match tree:
        case None:
            return every
        case Word() | Term():
            line = printed(tree, LANGUAGE)
            return every - alone[line[1:]] if line.startswith("-") else alone[line]
        case Not():
            return every - by_sets(tree.of, alone, every)
        case All():
            return set.intersection(*(by_sets(part, alone, every) for part in tree.of))
        case Either():
            return set.union(*(by_sets(part, alone, every) for part in tree.of))


def queries():
    leaf = st.sampled_from(LINES) | st.sampled_from(LINES).filter(lambda line: line != "2 + 2").map("-{}".format)
    return st.recursive(
        leaf,
        lambda inner: (
            st.tuples(inner, inner).map("{0[0]} {0[1]}".format)
            | st.tuples(inner, inner).map("({0[0]}) OR ({0[1]})".format)
            | inner.map("-({})".format)
            | inner.map("({})".format)
        ),
        max_leaves=6,
    )


@pytest.mark.slow
@pytest.mark.django_db
def test_every_line_leaves_some_of_the_recordings_and_its_opposite_the_others(tree):
    every = {one.pk for one in tree}
    for line in LINES:
        assert found(line) | found(f"-({line})") == every, line
        assert not found(line) & found(f"-({line})"), line
        assert found(f"({line})") == found(line), line


@pytest.mark.slow
@pytest.mark.django_db
@hypothesis.settings(deadline=None)
@given(queries())
def test_what_a_line_finds_is_what_its_pieces_find_put_together(tree, line):
    every = {one.pk for one in tree}
    whole = parse(line, LANGUAGE).tree
    pieces = ("2", "+", *LINES)
    alone = {printed(parse(piece, LANGUAGE).tree, LANGUAGE): found(piece) for piece in pieces if piece != "2 + 2"}

    assert found(line) == by_sets(whole, alone, every), line
    assert found(printed(whole, LANGUAGE)) == found(line)


@pytest.mark.django_db
def test_what_the_filters_find(tree):
    numbers = {one.pk: number for number, one in enumerate(tree, 1)}
    for line, wanted in {
        "-planet": {2, 3, 5},
        "planet OR moon": {1, 4, 5},
        "(planet OR moon) -is:pending": {1},
        "by:Ana": {1},
        "by:Ben": {3},
        "has:tag -has:note": {1, 2, 3, 5},
        "for:Eve": {4, 5},
        "for:Eve -has:note": {5},
        "for:eve OR for:ana": {4, 5},
        "has:note": {4},
        "before:2026-04": {1},
        "after:2026-04": {2, 3},
        "-after:2026-04": {1, 4, 5},
        "month:2026-03 OR month:2026-04-10": {1, 2, 3},
        "month:2026-04 OR -before:2026-04": {2, 3, 4, 5},
        "-author:x OR before:2026-04": {1, 4, 5},
        "provider:azure": {2},
        "is:rerecord is:unreadable": {3},
        "plan*": {1, 4},
    }.items():
        assert {numbers[pk] for pk in found(line)} == wanted, line
