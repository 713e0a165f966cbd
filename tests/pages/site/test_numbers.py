"""Numbers in addresses and forms, as anybody may type them."""

import pytest
from django.urls import reverse

from recviewer.pages.site.numbers import is_whole, whole

LONG = "9" * 5000
"""Python refuses to read so many digits."""


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12), ("9" * 18, 10**18 - 1)])
def test_whole_numbers(text, number):
    assert is_whole(text)
    assert whole(text, 7) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1.0", "٣", "²", "9" * 19, LONG])
def test_anything_else_is_the_default(text):
    assert not is_whole(text)
    assert whole(text, 7) == 7


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["page", "per", "from", "row", "gap", "at", "before", "shown"])
@pytest.mark.parametrize("value", [LONG, *(pytest.param(one, marks=pytest.mark.slow) for one in ("9" * 18, "٣", "-1"))])
def test_no_number_in_an_address_breaks_a_page(client, make_recording, name, value):
    recording = make_recording()
    pages = ["/", reverse("recording:show", args=[recording.path]), "/activity/", "/trash/", "/queue/"]

    answers = {page: client.get(page, {name: value}).status_code for page in pages}

    assert set(answers.values()) <= {200, 302, 404}, answers


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["/?page={}", "/queue/?per={}", "/?q=earth&page={}&per={}"])
def test_a_verdict_from_a_page_of_any_number_is_answered(client, make_recording, where):
    recording = make_recording()
    sent = {
        "key": recording.path,
        "seen": recording.blob,
        "verdict": "approve",
        "next": where.format(LONG, LONG),
        "in": where.format(LONG, LONG).partition("?")[2],
    }

    assert client.post(reverse("review:decide"), sent).status_code == 303
