import pytest

from recviewer.review import searches
from recviewer.review.models import AuditEvent, SavedSearch
from recviewer.review.refusals import Invalid, Overtaken
from recviewer.review.undoing import redo, undo

pytestmark = pytest.mark.django_db


def state():
    return list(SavedSearch.objects.order_by("folded").values_list("name", "folded", "query", "sort", "author"))


ACTS = {
    "save": lambda: searches.save("Thinking", "has:reasoning", actor="Ana"),
    "change": lambda: searches.save("cut off", "is:cut kind:chat", actor="Ben", over="is:cut"),
    "rename": lambda: searches.rename("cut off", "Truncated", actor="Ben"),
    "other case": lambda: searches.rename("cut off", "CUT off", actor="Ben"),
    "remove": lambda: searches.remove("cut off", actor="Ben"),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_each_act_is_one_event_and_comes_back_exactly(act):
    searches.save("Cut off", "is:cut", actor="Ana", sort="-size")
    before, events = state(), AuditEvent.objects.count()

    act()
    after, event = state(), AuditEvent.objects.latest("pk")
    assert after != before
    assert AuditEvent.objects.count() == events + 1

    undo(actor="Cleo", event=event.pk)
    assert state() == before

    redo(actor="Cleo", event=event.pk)
    assert state() == after


def test_the_same_search_under_the_same_name_is_no_act():
    searches.save("Cut off", "is:cut", actor="Ana")

    assert searches.save("CUT  off", " is:cut ", actor="Ben").event is None
    assert searches.rename("cut off", "Cut off", actor="Ben").event is None


def test_a_search_that_changed_meanwhile_is_not_written_over():
    searches.save("Cut off", "is:cut", actor="Ana")
    searches.save("Cut off", "is:cut model:a", actor="Ben", over="is:cut")

    with pytest.raises(Invalid, match="already, for is:cut model:a"):
        searches.save("Cut off", "is:cut kind:chat", actor="Ana", over="is:cut")


def test_an_act_that_another_builds_on_is_not_taken_back():
    searches.save("Cut off", "is:cut", actor="Ana")
    first = AuditEvent.objects.latest("pk")
    searches.save("Cut off", "is:cut model:a", actor="Ben", over="is:cut")

    with pytest.raises(Overtaken):
        undo(actor="Ana", event=first.pk)


@pytest.mark.parametrize(
    ("name", "query", "why"),
    [
        (" ", "is:cut", "needs a name"),
        ("x" * 61, "is:cut", "at most 60"),
        ("a\u202eb", "is:cut", "invisible"),
        ("a", "  ", "nothing to save"),
        ("a", "x" * 5_000, "too long"),
        ("a", "x\0", "invalid characters"),
    ],
)
def test_what_cannot_be_saved_says_why(name, query, why):
    with pytest.raises(Invalid, match=why):
        searches.save(name, query, actor="Ana")
    assert not AuditEvent.objects.exists()


def test_there_is_an_end_of_searches(monkeypatch):
    monkeypatch.setattr(searches, "MOST", 1)
    searches.save("Cut off", "is:cut", actor="Ana")

    with pytest.raises(Invalid, match="1 searches are saved already"):
        searches.save("Other", "is:error", actor="Ana")
    searches.save("Cut off", "is:cut kind:chat", actor="Ana", over="is:cut")


def test_what_is_not_there_any_more_and_names_that_are_taken():
    searches.save("Cut off", "is:cut", actor="Ana")
    searches.save("Other", "is:error", actor="Ana")

    with pytest.raises(Invalid, match="no such search"):
        searches.remove("gone", actor="Ana")
    with pytest.raises(Invalid, match="a search Other already"):
        searches.rename("cut off", "Other", actor="Ana")
