"""What was ticked, shown together: as it was seen, or left out with why."""

import pytest

from recviewer.pages.site.forms import item_of
from recviewer.review.models import Standing


def items(*recordings):
    return [item_of(one.path, one.blob) for one in recordings]


@pytest.fixture
def three(make_recording):
    return [make_recording(f"recordings/{name}.json", answered=name) for name in ("one", "two", "three")]


def shown(client, *values, next="/?kind=chat"):
    return client.post("/bulk/choose", {"item": values, "next": next}, follow=True)


def test_what_was_chosen_is_shown_and_nothing_else_and_leads_back(client, three):
    page = shown(client, *items(three[0]), " ".join(items(three[2], three[0]))).context["page"]

    assert (page.count, page.is_choice, page.list_url) == (2, True, "/?kind=chat")
    assert {group.first.path for group in page.groups} == {three[0].path, three[2].path}


def test_two_that_were_chosen_lead_to_their_comparison(client, three):
    page = shown(client, *items(three[0], three[2])).context["page"]
    answer = client.get(page.compare_url)

    assert answer.context["page"].old.what == three[0].path
    assert answer.context["page"].new.what == three[2].path
    assert shown(client, *items(*three)).context["page"].compare_url == ""
    assert shown(client, *items(three[0])).context["page"].compare_url == ""


def test_what_changed_or_went_since_stands_apart_and_is_not_decided_on(client, three, make_recording, root):
    values = items(*three)
    make_recording(three[0].path, answered="Another.")
    (root / three[1].path).unlink()
    make_recording("recordings/other.json")

    answer = shown(client, *values)
    page = answer.context["page"]

    assert [group.first.path for group in page.groups] == [three[2].path]
    assert [(path, why) for path, _, why in page.unread] == [
        (three[0].path, "it has changed since it was selected"),
        (three[1].path, "it is not there any more"),
    ]
    client.post("/do/decide", {"item": [group.items for group in page.groups], "verdict": "approve", "next": "/"})
    assert Standing.objects.count() == 1


def test_a_choice_that_is_not_kept_any_more_says_so(client, db, root):
    answer = client.get(f"/bulk/?chosen=@{'0' * 64}")

    assert answer.status_code == 422
    assert "no longer stored" in answer.content.decode()


def test_nothing_chosen_and_no_choice_are_pages_too(client, three):
    assert "Nothing is selected" in shown(client).content.decode()
    assert client.get("/bulk/?chosen=x").status_code == 422
    assert shown(client, "nonsense").status_code == 422


def test_a_choice_that_cannot_be_kept_is_refused(client, three, monkeypatch):
    monkeypatch.setattr("recviewer.pages.site.chosen.TEXT_BYTES", 10)

    assert shown(client, *items(*three)).status_code == 422


def test_an_act_reaches_what_stands_in_one_field_as_well_as_the_ticks(client, three):
    """So the list sends what was chosen on other pages: it is not shown, and goes along in one field."""
    sent = {"item": [*items(three[0]), " ".join(items(*three[1:]))], "verdict": "approve", "next": "/"}
    client.post("/do/decide", sent)

    assert Standing.objects.count() == 3
