"""What only a team sees: axe finds nothing, nothing overflows, and whoever may only read is offered nothing else."""

import pytest
from playwright.sync_api import expect

from recviewer.catalog.models import Recording

from .axe import faults
from .test_presence import hosted, live_server, sign_in

__all__ = ["hosted", "live_server"]
"""Fixtures that stand in `test_presence`."""


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_pages_of_a_team_are_accessible_and_fit(hosted, open_page, complaints, theme, width):
    complaints.expects("403")
    page = open_page(theme=theme, width=width)
    found = list(faults(page, ["/login/", "/r/nothing"]))
    sign_in(page, "ana", "/account/")
    one = Recording.objects.filter(kind="chat").order_by("path").first()

    found += faults(
        page, ["/account/", "/account/password", "/operations/", "/", f"/r/{one.path}", "/bulk/?kind=embeddings"]
    )

    assert found == [], "\n".join(found)
    page.goto(f"/r/{one.path}")
    expect(page.get_by_text("Your account can read; reviewers decide.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    page.wait_for_load_state("networkidle")
