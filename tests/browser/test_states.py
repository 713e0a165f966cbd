"""States that a hand brings about are for everybody too: axe finds nothing, and nothing overflows."""

import pytest
from django.db import OperationalError
from playwright.sync_api import expect

from recviewer.catalog.models import Recording
from recviewer.pages.deciding import decisions

from .axe import AXE
from .test_widths import WIDE


def violations(page):
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document)")["violations"]
    told = [f"{one['id']}: {node['html'][:140]}" for one in found for node in one["nodes"][:2]]
    return [*told, *[f"{wide} px too wide" for wide in [page.evaluate(WIDE)] if wide > 0]]


@pytest.mark.parametrize(("theme", "width", "height"), [("light", 320, 640), ("dark", 390, 844)])
def test_what_opens_on_a_phone_is_accessible(open_page, theme, width, height):
    page = open_page(theme=theme, width=width, height=height)
    found = {}
    page.goto("/queue/?kind=chat")
    page.locator(".bar-more > summary").click()
    found["more"] = violations(page)
    page.keyboard.press("Escape")
    page.evaluate("document.querySelector('[data-opens-reason]').click()")
    found["reason"] = violations(page)

    page.goto("/?kind=chat")
    page.locator(".facets-fold > summary").click()
    found["filters"] = violations(page)
    page.locator(".facets-fold > summary").click()
    for number in (0, 2):
        page.locator("[data-tick]").nth(number).click()
    found["chosen"] = violations(page)
    for what in ("note", "more"):
        page.locator(f"[data-asks-for={what}]").click()
        found[f"chosen, {what}"] = violations(page)
        page.keyboard.press("Escape")
    page.locator(".menu > summary").click()
    found["menu"] = violations(page)

    assert found == {state: [] for state in found}


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 768)])
def test_what_a_recording_shows_when_asked_is_accessible(open_page, make_recording, theme, width):
    page = open_page(theme=theme, width=width)
    text = "It is **Earth**.\n\n# Why\n\n- third\n\n| a | b |\n|---|---|\n| c | d |\n\n```py\nx = 1\n```"
    one = make_recording("tests/recordings/planet.json", answered=text)
    found = {}
    page.goto("/?q=planet&sort=-size")
    found["list"] = violations(page)
    page.locator(f'.row-link[href^="/r/{one.path}"]').click()
    page.locator(".around a").first.wait_for()
    found["around"] = violations(page)
    page.goto(f"/r/{one.path}?md=on")
    found["markdown"] = violations(page)
    page.goto(f"/r/{Recording.objects.filter(kind='exception').first().path}")
    found["failure"] = violations(page)

    assert found == {state: [] for state in found}


def test_what_broke_is_told_in_a_line_and_may_be_tried_again(open_page, complaints, monkeypatch):
    """The page stays as it was: the bar with its buttons, and what is typed in it."""
    complaints.expects("503")
    page = open_page(width=390)
    page.goto(f"/r/{Recording.objects.filter(kind='chat').order_by('path').first().path}")
    real = decisions.say
    monkeypatch.setattr(decisions, "say", _locked)

    page.keyboard.press("a")

    line = page.get_by_role("alert")
    expect(line).to_contain_text("That could not be saved")
    expect(line).to_contain_text("Nothing was saved.")
    assert violations(page) == []
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    monkeypatch.setattr(decisions, "say", real)
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Approved")).to_be_visible()
    expect(line).to_have_count(0)


def _locked(*_, **__):
    raise OperationalError("database is locked")
