"""Which exceptions are shown as refusals, with what status."""

import pytest

from recviewer.pages.site.errors import page_of
from recviewer.review.refusals import Invalid
from recviewer.store import refusals


class Foreign(Exception):
    """Of another package, as HTTP clients have them."""

    status = 404


class Own(Exception):
    __module__ = "recviewer.pages.somewhere"

    def __init__(self, status):
        super().__init__("No such thing.")
        self.status = status


class OfTheStore(refusals.Vanished):
    """A refusal that is not in the table."""


def test_an_exception_of_another_package_is_no_refusal():
    assert page_of(Foreign("secret")) is None
    assert page_of(ValueError("secret")) is None


@pytest.mark.parametrize(("status", "is_shown"), [(399, False), (400, True), (599, True), (600, False), ("404", False)])
def test_ours_are_refusals_where_their_status_says_so(status, is_shown):
    page = page_of(Own(status))

    assert (page is not None) == is_shown
    assert page is None or (page.status, page.reason) == (status, "No such thing.")


def test_a_refusal_counts_as_its_nearest_base():
    assert page_of(OfTheStore(b"a.json")).status == 410
    assert page_of(Invalid("no")).status == 422


@pytest.mark.parametrize(("accept", "is_page"), [("text/html,*/*", True), ("*/*", False)])
def test_who_opens_an_address_that_takes_forms_is_told_so(client, root, db, accept, is_page):
    answer = client.get("/do/decide", headers={"Accept": accept})

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert ("There is no page at this address" in answer.content.decode()) is is_page


def test_an_answer_that_is_no_part_of_a_page_says_so_to_scripts(client, root, db, monkeypatch):
    assert "X-Refused" in client.get("/r/nothing", headers={"HX-Request": "true"})
    monkeypatch.setattr("recviewer.pages.recordings.recordings.build", _breaks)
    assert "X-Refused" in client.get("/", headers={"HX-Request": "true"})


def _breaks(*_, **__):
    raise Own(503)
