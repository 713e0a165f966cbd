from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from recviewer.pages.deciding.verdict_bar import bar_for, refused, tags_for
from recviewer.review import actors
from recviewer.review.decide import decide
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag
from recviewer.review.undoing import undo


@pytest.fixture(autouse=True)
def ana(monkeypatch):
    monkeypatch.setattr(actors, "local_actor", lambda root: "Ana")


@pytest.fixture
def bar(rf):
    return lambda recording: bar_for(rf.get("/"), recording)


def seen(*recordings):
    return [Seen(recording.path, recording.blob) for recording in recordings]


def words(bar, rf):
    page = render_to_string("bar/_bar.html", {"bar": bar}, request=rf.get("/"))
    return " ".join(page.split())


def test_undecided(bar, make_recording, rf):
    made = bar(make_recording())

    assert (made.state, made.lead, made.chosen, made.last, made.again) == ("undecided", "Undecided.", "", None, None)
    assert "aria-pressed" not in words(made, rf)
    assert made.trash_url


def test_mine(bar, make_recording, rf):
    recording = make_recording()
    decide(seen(recording), actor="Ana", verdict="approve")

    made = bar(recording)

    assert (made.state, made.lead, made.chosen) == ("approved", "You approved this", "approve")
    assert made.last.is_said
    page = words(made, rf)
    assert 'aria-pressed="true"' in page
    assert "Approved</span> <kbd" in page
    assert "Undo" in page


def test_carried_over_from_elsewhere(bar, make_recording, rf):
    first = make_recording()
    twin = make_recording("other/recordings/two.json", id="another-id")
    decide(seen(first), actor="Ben", verdict="approve", now=timezone.now() - timedelta(days=3))

    made = bar(twin)

    assert (made.is_carried, made.where, made.where_title, made.chosen) == (True, first.blob[:7], first.path, "")
    assert f'Ben approved the same meaning in <code title="{first.path}">{first.blob[:7]}</code>' in words(made, rf)
    assert "3 d ago" in words(made, rf)


def test_decided_in_bulk_is_not_carried_over(bar, make_recording):
    first = make_recording()
    twin = make_recording("other/recordings/two.json", id="another-id")
    decide(seen(first, twin), actor="Ana", verdict="approve")

    assert not bar(twin).is_carried
    assert bar(twin).chosen == "approve"


def test_anothers_rejection_blocks_and_mine_stands_beside(bar, make_recording, rf):
    recording = make_recording()
    decide(seen(recording), actor="Ben", verdict="reject", note="wrong <model> list")
    decide(seen(recording), actor="Ana", verdict="approve")

    made = bar(recording)

    assert (made.state, made.lead, made.note, made.chosen) == (
        "rejected",
        "Ben wants it re-recorded",
        "wrong <model> list",
        "approve",
    )
    assert made.rest == "One rejection blocks. You approved it."
    assert "wrong &lt;model&gt; list" in words(made, rf)


def test_what_was_here_before_is_told(bar, make_recording):
    recording = make_recording()
    decide(seen(recording), actor="Ben", verdict="approve")

    made = bar(make_recording(recording.path, answered="Mars."))

    assert made.state == "undecided"
    assert made.rest == "Ben approved what was here before; the meaning changed since."


def test_the_last_act_elsewhere_is_told_for_a_while(bar, make_recording, rf):
    first, second = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.", asked="Which one?")
    decide(seen(second), actor="Ana", verdict="approve")
    made = bar(first)
    assert not made.last.is_said
    assert "Approved “Which one?”" in words(made, rf)

    undo(actor="Ana")
    decide(seen(second), actor="Ana", verdict="approve", now=timezone.now() - timedelta(days=1))
    assert bar(first).last is None


def test_undone_offers_redo(bar, make_recording, rf):
    recording = make_recording()
    decide(seen(recording), actor="Ana", verdict="approve")
    undo(actor="Ana")

    made = bar(recording)

    assert made.last is None
    assert "Undid: approved" in words(made, rf)
    assert 'data-key="U"' in words(made, rf)


def test_stale_has_no_buttons(bar, make_recording, rf):
    made = refused(bar(make_recording()), "The file changed since you opened it.", is_stale=True)

    page = words(made, rf)

    assert "data-key=" not in page
    assert "Look at it as it is now" in page


def test_read_only_has_no_way_to_the_trash(bar, make_recording, settings):
    recording = make_recording()
    settings.READ_ONLY = True

    made = bar(recording)

    assert made.trash_url == ""
    assert "read-only" in made.obstacle


def test_every_act_has_a_key_and_a_form(bar, make_recording, rf):
    recording = make_recording()
    decide(seen(recording), actor="Ana", verdict="approve")
    page = words(bar(recording), rf)

    for key in "ardDu":
        assert f'data-key="{key}"' in page
    assert page.count('name="csrfmiddlewaretoken"') == page.count("<form")
    assert "style=" not in page
    assert "onclick" not in page


def test_bar_costs_few_queries(bar, make_recording, django_assert_max_num_queries):
    recording = make_recording()
    decide(seen(recording), actor="Ben", verdict="approve")
    decide(seen(recording), actor="Ana", verdict="approve")

    with django_assert_max_num_queries(9):
        bar(recording)


def test_tags(make_recording, rf):
    recording = make_recording()
    tag(seen(recording), actor="Ana", name="<b>odd")
    tag(seen(make_recording("tests/recordings/two.json", answered="Mars.")), actor="Ana", name="golden")

    made = tags_for(recording)

    assert [one.label.name for one in made.tags] == ["<b>odd"]
    assert set(made.known) == {"<b>odd", "golden"}
    page = render_to_string("tags/_tags.html", {"tags": made}, request=rf.get("/"))
    assert "&lt;b&gt;odd" in page
    assert "<b>odd" not in page
    assert 'data-key="t"' in page


def test_an_unreadable_file_can_be_decided(bar, make_recording):
    recording = make_recording("tests/recordings/broken.json", data=b"{")
    decide(seen(recording), actor="Ana", verdict="delete")

    assert bar(recording).state == "delete"


@pytest.mark.parametrize("is_decided", [False, True])
def test_the_bar_says_how_many_are_decided_along(client, make_recording, is_decided):
    one = make_recording("recordings/one.json", id="1")
    make_recording("recordings/two.json", id="2")
    make_recording("recordings/three.json", id="3")
    make_recording("recordings/other.json", answered="Mars.")
    if is_decided:
        decide(seen(one), actor="Ben", verdict="approve")

    page = client.get(f"/r/{one.path}")

    assert page.context["page"].bar.alike == 2
    assert "Together with 2 others that say the same." in page.content.decode()
    assert "Together with" not in client.get("/r/recordings/other.json").content.decode()


def test_equal_bytes_that_cannot_be_read_are_decided_along(client, make_recording):
    one = make_recording("recordings/one.json", data=b"{")
    make_recording("recordings/two.json", data=b"{")
    make_recording("recordings/other.json", data=b"[{")

    assert client.get(f"/r/{one.path}").context["page"].bar.alike == 1
