"""Files of reviews against changes that nobody saw: whatever they say, an approval reaches no other change."""

import copy
import json

import pytest

from recviewer.changes.overview import decided
from recviewer.changes.overview import subjects as subjects_of
from recviewer.commands.verdicts import Heard
from recviewer.git.ranges import opened
from recviewer.report import report
from recviewer.review import from_outside
from tests.trees import FOLDER, Tree, bytes_of, chat, id_of

NAME = "one.json"


def lines(*said):
    """A file of reviews; each of `said` is what a line says besides the usual."""
    usual = {"type": "decision", "reviewer": "Ana", "verdict": "approve", "entered": "2026-01-02T12:00:00Z"}
    made = [{"recviewer_reviews": 1}, *(usual | {"path": f"{FOLDER}/{NAME}"} | one for one in said)]
    return "".join(json.dumps(one) + "\n" for one in made).encode()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Returns a repository, and a function that gives what changed from some files (by path) to others, made once each."""
    tree = Tree(tmp_path_factory.mktemp("lies"))
    tree.git("init", "-q", "-b", "main")
    known, reports = {}, {}

    def states(*wanted):
        files = [
            {path: one if isinstance(one, bytes) else bytes_of(one) for path, one in each.items()} for each in wanted
        ]
        key = repr(files)
        if key not in known:
            known[key] = "..".join(tree.imported(*files))
        return known[key]

    repository = opened(tree.top)

    def found(old, new):
        spec = states(old, new)
        if spec not in reports:
            reports[spec] = report.make(repository, spec).found
        return reports[spec]

    return repository, found


@pytest.fixture
def ranged(made):
    """Returns the report on a range from some files to others, with a file of reviews."""
    repository, found = made

    def run(old, new, data=None):
        spoken = from_outside.of_file(data)[0] if data else []
        heard = Heard(tuple(spoken), None, lambda _: None, repository)
        undecided = found(old, new)
        return report.Report(decided(undecided, heard.ask(subjects_of(undecided.changes))))

    return run


def with_(document, *path, value):
    """A copy of a document with another value at a path."""
    made = copy.deepcopy(document)
    place = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return made


BODY = ("request", "body")
HOST = "https://other.example/v1/chat/completions"
EDITS = {
    "answer": lambda one: chat("Rings?", "Uranus has rings."),
    "question": lambda one: chat("Moons?", one["answer"]),
    "model": lambda one: with_(with_(one["doc"], *BODY, "model", value="b"), "request", "model", value="b"),
    "seed": lambda one: with_(one["doc"], *BODY, "seed", value=7),
    "system": lambda one: chat("Rings?", one["answer"], turns=[("system", "Lie.")]),
    "test": lambda one: with_(one["doc"], "test_id", value=id_of("test_other")),
    "parameters": lambda one: with_(one["doc"], "test_id", value=id_of(parameters="txt=acme/large-1")),
    "no test": lambda one: with_(one["doc"], "test_id", value=None),
    "host": lambda one: with_(one["doc"], "request", "url", value=HOST),
    "method": lambda one: with_(one["doc"], "request", "method", value="PUT"),
    "header": lambda one: with_(one["doc"], "request", "headers", value={"x-mode": "live"}),
    "finish": lambda one: chat("Rings?", one["answer"], finish="content_filter"),
    "call": lambda one: chat("Rings?", one["answer"], calls=[("drop", "{}")]),
    "reasoning": lambda one: chat("Rings?", one["answer"], reasoning="I guess."),
    "error": lambda one: chat("Rings?", error="slow down"),
    "unreadable": lambda one: b"{",
}
"""One thing that is another one, of the old or of the new side."""


def edited(name, answer):
    return EDITS[name]({"answer": answer, "doc": chat("Rings?", answer)})


def subjects(made):
    (change,) = made.found.changes
    return change


@pytest.mark.parametrize("which", ["old", "new"])
@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("rule", ["", "only churn"])
def test_a_decision_on_a_change_reaches_no_other(ranged, edit, which, rule):
    old, new = chat("Rings?", "Saturn has rings."), chat("Rings?", "Saturn.")
    place = f"{FOLDER}/{NAME}"
    seen = subjects(ranged({place: old}, {place: new}))
    data = lines({"fingerprint": seen.own_subject, "blob": seen.side.blob, "rule": rule})
    assert subjects(ranged({place: old}, {place: new}, data)).verdict == "approved"

    other = {"old": edited(edit, "Saturn has rings."), "new": edited(edit, "Saturn.")}
    now = ranged(
        {place: other["old"] if which == "old" else old}, {place: other["new"] if which == "new" else new}, data
    )

    assert {change.verdict for change in now.found.changes} == {""}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("version", ["2", "1"])
def test_an_approval_of_words_reaches_no_others(ranged, edit, version):
    old, new = chat("Rings?", "Saturn has rings."), chat("Rings?", "Saturn.")
    place = f"{FOLDER}/{NAME}"
    seen = subjects(ranged({place: old}, {place: new}))
    subject = seen.subject if version == "2" else "1:" + "0" * 64
    data = lines({"fingerprint": subject, "blob": seen.side.blob})
    assert subjects(ranged({place: old}, {place: new}, data)).verdict == "approved"

    now = ranged({place: old}, {place: edited(edit, "Saturn.")}, data)

    assert {change.verdict for change in now.found.changes} == {""}


@pytest.mark.parametrize("rule", ["only churn", "the same change", "x"])
@pytest.mark.parametrize("version", ["2", "1"])
def test_a_rule_approves_no_words(ranged, rule, version):
    place = f"{FOLDER}/{NAME}"
    old, new = {place: chat("Rings?", "Saturn has rings.")}, {place: chat("Rings?", "Saturn.")}
    seen = subjects(ranged(old, new))
    subject = seen.subject if version == "2" else "1:" + "0" * 64

    now = ranged(old, new, lines({"fingerprint": subject, "blob": seen.side.blob, "rule": rule}))

    assert subjects(now).verdict == ""


@pytest.mark.parametrize("version", ["2", "1"])
@pytest.mark.parametrize("rule", ["only churn", "the same change", ""])
def test_the_last_word_counts_also_where_a_rule_is_said_of_it(ranged, rule, version):
    place = f"{FOLDER}/{NAME}"
    old, new = {place: chat("Rings?", "Saturn has rings.")}, {place: chat("Rings?", "Saturn.")}
    seen = subjects(ranged(old, new))
    about = {"fingerprint": seen.subject if version == "2" else "1:" + "0" * 64, "blob": seen.side.blob}
    later = {"entered": "2026-01-03T12:00:00Z", "verdict": "reject", "note": "no", "rule": rule}

    now = ranged(old, new, lines(about, about | later))

    assert subjects(now).verdict == "rejected"


@pytest.mark.parametrize("verdict", ["clear", "delete"])
@pytest.mark.parametrize("version", ["2", "1"])
def test_who_said_otherwise_by_a_rule_approves_no_more(ranged, verdict, version):
    place = f"{FOLDER}/{NAME}"
    old, new = {place: chat("Rings?", "Saturn has rings.")}, {place: chat("Rings?", "Saturn.")}
    seen = subjects(ranged(old, new))
    about = {"fingerprint": seen.subject if version == "2" else "1:" + "0" * 64, "blob": seen.side.blob}
    later = {"entered": "2026-01-03T12:00:00Z", "verdict": verdict, "rule": "the same change"}

    assert subjects(ranged(old, new, lines(about, about | later))).verdict == ""
    rejected = about | {"verdict": "reject", "note": "no"}
    assert subjects(ranged(old, new, lines(rejected, about | later))).verdict == "rejected"


@pytest.mark.parametrize(
    "said",
    [
        {"fingerprint": "gone:{0}"},
        {"fingerprint": "{0}", "verdict": "clear"},
        {"fingerprint": "0{0}"},
        {"fingerprint": "3{0}"},
        {"fingerprint": "blob:{1}"},
        {"fingerprint": "1:" + "0" * 64, "blob": ""},
        {"fingerprint": "1:" + "0" * 64, "blob": "{2}"},
        {"fingerprint": "gone:1:" + "0" * 40, "blob": "{1}"},
        {"fingerprint": "change:1:" + "0" * 40, "blob": "{1}"},
        {"fingerprint": "{0}", "entered": "2026-01-02T12:00:00"},
        {"fingerprint": "{0}", "entered": "2999-01-02T12:00:00Z"},
        {"fingerprint": "{0}", "verdict": "Approve"},
        {"fingerprint": "{0}", "reviewer": ""},
        {"fingerprint": "{0}", "rule": None},
        {"fingerprint": "{0} "},
        {"fingerprint": ""},
    ],
)
def test_a_line_that_lies_approves_nothing(ranged, said):
    place = f"{FOLDER}/{NAME}"
    old, new = {place: chat("Rings?", "Saturn has rings.")}, {place: chat("Rings?", "Saturn.")}
    seen = subjects(ranged(old, new))
    told = {
        key: value.format(seen.subject, seen.new.blob, seen.old.blob) if isinstance(value, str) else value
        for key, value in said.items()
    }

    assert subjects(ranged(old, new, lines(told))).verdict == ""


@pytest.mark.parametrize("said", ["new", "gone", "other place", "other test"])
def test_what_is_deleted_is_asked_for_itself(ranged, said):
    place = f"{FOLDER}/{NAME}"
    document = chat("Rings?", "Saturn.")
    other = {
        "new": ({}, {place: document}),
        "gone": ({place: document}, {}),
        "other place": ({"tests/other/recordings/one.json": document}, {}),
        "other test": ({place: with_(document, "test_id", value=id_of("test_other"))}, {}),
    }[said]
    seen = subjects(ranged(*other))

    now = ranged({place: document}, {}, lines({"fingerprint": seen.subject, "blob": seen.side.blob}))

    assert subjects(now).verdict == ("approved" if said == "gone" else "")
