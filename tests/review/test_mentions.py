import pytest

from recviewer.catalog.models import Recording
from recviewer.review import mentions, notes, undoing
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ana", {"ana"}),
        ("Look, @Ana: again?", {"ana"}),
        ("(@ana)", {"ana"}),
        ("@ana.", {"ana"}),
        ("@ana-maria", {"ana-maria"}),
        ("@ana.b", {"ana.b"}),
        ("@ana@example.com", set()),
        ("x@ana", set()),
        ("ana", set()),
        ("@anastasia", set()),
        ("@Zoë und @ana", {"zoë", "ana"}),
        ("@Ada Lovelace", {"ada lovelace", "ada"}),
        ("@@ana", set()),
    ],
)
def test_who_is_named(text, names):
    every = ("ana", "ana-maria", "ana.b", "zoë", "ada lovelace", "ada")

    assert {name for name in every if mentions.is_named(name, text)} == names
    assert {name for name in every if mentions.is_named(name.upper(), text)} == names


@pytest.fixture
def two(make_recording):
    return [
        Seen(one.path, one.blob)
        for one in (make_recording(f"tests/recordings/{name}.json", asked=name) for name in "ab")
    ]


def of(name):
    return set(Recording.objects.filter(mentions.condition(name)).values_list("path", flat=True))


def uid():
    return mentions.Note.objects.latest("pk").uid


def test_a_note_waits_until_it_is_resolved(two):
    notes.write(two[0], actor="Ben", body="Is that so, @Ana?")
    asked = uid()
    assert (of("Ana"), of("Ben")) == ({two[0].path}, set())

    notes.write(two[0], actor="Ana", body="Let us ask @Cleo.", thread=asked)
    assert of("Cleo") == {two[0].path}
    notes.close(asked, actor="Ben")
    assert of("Ana") | of("Cleo") == set()
    notes.reopen(asked, actor="Ben")
    assert of("Ana") == of("Cleo") == {two[0].path}

    notes.drop(asked, actor="Ben")
    assert (of("Ana"), of("Cleo")) == (set(), {two[0].path})


def test_a_tag_gives_recordings_to_somebody_and_is_undone_like_any_other(two):
    done = tag(two, actor="Ben", name="@Ana")
    assert (mentions.waiting_for("ana"), mentions.waiting_for("Ben")) == (2, 0)
    assert mentions.people() == ["Ana"]

    undoing.undo(actor="Ben", event=done.event)
    assert mentions.waiting_for("Ana") == 0
    assert mentions.people() == []


def test_what_waits_twice_counts_once(two):
    tag(two[:1], actor="Ben", name="@ana")
    notes.write(two[0], actor="Ben", body="@ana @cleo")
    notes.write(two[1], actor="Ben", body="@ana")

    assert mentions.waiting_for("Ana") == 2
    assert mentions.people() == ["ana", "cleo"]


def test_nobody_is_no_name(two):
    tag(two, actor="Ben", name="@")

    assert mentions.waiting_for("") == 0
    assert mentions.people() == []
