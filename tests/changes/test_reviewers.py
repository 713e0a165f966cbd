"""The file that says who has to agree: what its lines mean, and what is made of lines that cannot be read."""

from collections import Counter

import pytest

from recviewer.changes.agreement import Agreement, Demand
from recviewer.changes.path_patterns import PathPatterns
from recviewer.changes.reviewers import BYTES, FILE, MOST, MOST_RULES, read


def fits(pattern, path):
    return bool(read(f"{pattern} 2".encode()).at(path))


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*", "a.json"),
        ("**", "a/b.json"),
        ("tests/pay/", "tests/pay/recordings/a.json"),
        ("/tests/pay", "tests/pay/recordings/a.json"),
        ("recordings/", "tests/pay/recordings/a.json"),
        ("tests/*/recordings", "tests/pay/recordings/a.json"),
        ("tests/**/a.json", "tests/pay/recordings/a.json"),
        ("tests/**/a.json", "tests/a.json"),
        ("tests/**", "tests/a.json"),
        ("*.yaml", "tests/x/b.yaml"),
        ("a?.json", "tests/a1.json"),
        ('"two words/"', "two words/a.json"),
        ("ünï/", "ünï/a.json"),
    ],
)
def test_pattern_fits(pattern, path):
    assert fits(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("tests/pay/", "tests/payments/a.json"),
        ("tests/pay/", "other/tests/pay/a.json"),
        ("/a.json", "tests/a.json"),
        ("a.json/", "tests/a.json"),
        ("tests/*/a.json", "tests/pay/deep/a.json"),
        ("*.yaml", "tests/x.json"),
        ("A.json", "a.json"),
        ("a.c", "abc"),
    ],
)
def test_pattern_fits_nothing_else(pattern, path):
    assert not fits(pattern, path)


def test_many_wildcards_do_not_hold_up_long_paths():
    assert not fits("/".join(["**", "a*a*a*a*b"] * 12), "/".join(["a" * 200] * 20))


def test_a_folder_is_looked_at_once_for_all_rules_and_files(monkeypatch):
    steps, stepped = [], PathPatterns._stepped

    def counted(patterns, reached, step):
        steps.append(step)
        return stepped(patterns, reached, step)

    monkeypatch.setattr(PathPatterns, "_stepped", counted)
    rules = read(b"".join(b"*%d*/ 1 @a%d\n" % (at, at) for at in range(900)))
    paths = [f"tests/recordings/part7/{at}/1.json" for at in range(50) for _ in range(4)]

    assert [demand.names for demand in rules.at(paths[-1])] == [("a4",), ("a7",), ("a9",), ("a49",)]
    assert all(("a7",) in [demand.names for demand in rules.at(path)] for path in paths)
    assert Counter(steps) == {"tests": 1, "recordings": 1, "part7": 1, "1.json": 201} | {str(at): 1 for at in range(50)}


def test_more_rules_than_so_many_ask_two_people_of_everything():
    rules = read(b"".join(b"a%d/ 1\n" % at for at in range(MOST_RULES + 1)))

    assert rules.bad == (f"{FILE} holds more than {MOST_RULES:,} rules.",)
    assert rules.at("b/c.json") == [Demand(2)]
    assert rules.at("a7/c.json") == [Demand(1), Demand(2)]


def test_of_many_lines_that_cannot_be_read_some_are_told():
    assert len(read(b"a/\n" * 500).bad) == 21
    assert read(b"a/\n" * 500).bad[-1] == f"480 more lines of {FILE} cannot be read."


def test_of_many_who_are_missing_some_are_named():
    many = Agreement(tuple(Demand(1, (f"p{at}",)) for at in range(100)))

    assert many.left == "p0; p1; p2; p3; p4; p5; p6; p7; 92 other groups"


def demands(*lines):
    return [rule.demand for rule in read("\n".join(lines).encode()).rules]


def test_lines_ask_for_numbers_or_names():
    assert demands("# who", "", "a/ 2 # two", "b/ @ana", "c/ 2 @ana @bob @cy", "d/ 0 @ana") == [
        Demand(2),
        Demand(1, ("ana",)),
        Demand(2, ("ana", "bob", "cy")),
        Demand(0, ("ana",)),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "a/",
        "a/ two",
        "a/ 0",
        f"a/ {MOST + 1}",
        "a/ 2 3",
        "a/ 3 @ana @bob",
        "a/ " + " ".join(f"@p{at}" for at in range(51)),
        "a/ @org/team",
        "a/ ana@example.com",
        "a/ @",
        "[ab]/ 2",
        "!a/ 2",
        "a//b 2",
        "../a 2",
        "/ 2",
        '"a b 2',
        "@ana 2",
        "a\\ b 2",
    ],
)
def test_line_that_cannot_be_read_is_said_and_asks_two_people_of_everything(line):
    rules = read(f"b/ 1\n{line}\n".encode())

    assert len(rules.bad) == 1
    assert rules.bad[0].startswith("Line 2 of .recviewer/reviewers cannot be read: ")
    assert rules.at("anything/at/all.json") == [Demand(2)]


def test_bad_line_asks_for_as_many_as_the_strictest_good_one():
    assert demands("a/ 4", "b/ many")[-1] == Demand(4)


@pytest.mark.parametrize("data", [b"\xff\xfe 2", b"a/ 2\n" * (BYTES // 5 + 1)])
def test_file_that_cannot_be_read_asks_two_people_of_everything(data):
    rules = read(data)

    assert len(rules.bad) == 1
    assert [rule.demand for rule in rules.rules] == [Demand(2)]


@pytest.mark.parametrize(
    ("demand", "people", "left"),
    [
        (Demand(1), [], "one more person"),
        (Demand(2), ["ana"], "one more person"),
        (Demand(2), ["ana", "Ana"], "one more person"),
        (Demand(3), ["ana"], "2 more people"),
        (Demand(2), ["ana", "bob"], ""),
        (Demand(1, ("bob",)), ["ana"], "bob"),
        (Demand(1, ("bob", "cy")), ["ana"], "one of bob, cy"),
        (Demand(2, ("bob", "cy")), ["ana", "bob"], "cy"),
        (Demand(2, ("bob", "cy")), ["ana"], "bob and cy"),
        (Demand(1, ("bob",)), ["BOB"], "bob"),
        (Demand(0, ("bob",)), [], ""),
    ],
)
def test_who_is_missing(demand, people, left):
    assert demand.left(people) == left


@pytest.mark.parametrize(
    ("agreement", "words"),
    [
        (  # who is asked for by name counts for what asks for anybody
            Agreement((Demand(2), Demand(2, ("ana", "bob"))), "approved", ("ana",)),
            "1 of 2: approved by ana; bob is needed.",
        ),
        (
            Agreement((Demand(3), Demand(1, ("ana", "bob"))), "approved", ("cy",)),
            "1 of 3: approved by cy; 2 more people; one of ana, bob are needed.",
        ),
        (Agreement(()), ""),
        (Agreement((Demand(2),)), "0 of 2: nobody has agreed yet; 2 more people are needed."),
        (
            Agreement((Demand(2),), "approved", ("ana",)),
            "1 of 2: approved by ana; one more person is needed.",
        ),
        (Agreement((Demand(2),), "approved", ("ana", "bob")), "2 of 2: approved by ana and bob."),
        (
            Agreement((Demand(2), Demand(1, ("cy",))), "approved", ("ana", "bob")),
            "0 of 1: approved by ana and bob; cy is needed.",
        ),
        (
            Agreement((Demand(2),), "delete", ("ana",)),
            "1 of 2: marked for deletion by ana; one more person is needed.",
        ),
    ],
)
def test_words(agreement, words):
    assert agreement.words == words
