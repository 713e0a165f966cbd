"""URLs of tests."""

from __future__ import annotations

from django.urls import reverse

from recviewer.pages.text.test_ids import in_address


def url_of_test(test_id: str) -> str:
    """Return the URL of a test's page."""
    return reverse("tests:show", kwargs={"given": in_address(test_id)})
