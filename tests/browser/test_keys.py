"""What keys and clicks mean: one press is one act, whatever the layout, and none falls on what nobody has seen."""

import pytest
from playwright.sync_api import expect

from recviewer.catalog.models import Recording
from recviewer.pages.deciding import double_clicks
from recviewer.review.models import AuditEvent, Standing

QUEUE = "/queue/?kind=chat"
HOLD = """(() => {
  const later = setTimeout, held = [];
  window.setTimeout = (act, ms, ...rest) => ms === 400 ? held.push(act) : later(act, ms, ...rest);
  window.letTimePass = () => held.splice(0).forEach(act => act());
})()"""
"""In a page with this the moment in which a new item takes no verdict lasts until `letTimePass` is called."""
LET_GO = "() => { letTimePass(); return [...document.querySelectorAll('.bar button')].every(one => !one.disabled) }"


def decided():
    return Standing.objects.count()


def next_item(page, here):
    page.wait_for_url(lambda url: url != here)
    page.wait_for_load_state()


def send(page, key, **how):
    """Send a key as a layout gives it, to what has the focus."""
    told = {"key": key, "bubbles": True, "cancelable": True, **how}
    return page.evaluate("how => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', how))", told)


def test_a_key_that_is_held_decides_once(open_page):
    page = open_page()
    page.goto(QUEUE)
    here = page.url

    page.keyboard.down("a")
    next_item(page, here)
    second = page.url
    for _ in range(20):
        page.keyboard.down("a")
        page.wait_for_timeout(50)
    page.keyboard.up("a")

    assert decided() == 1
    assert page.url == second


def test_a_held_enter_presses_a_button_once(open_page):
    page = open_page()
    for one in Recording.objects.filter(kind="chat", outcome="answer").order_by("path")[:3]:
        page.goto(f"/r/{one.path}")
        page.keyboard.press("a")
        expect(page.get_by_text("You approved this")).to_be_visible()
    expect(page.locator(".bar-approve")).to_be_focused()
    before = decided()

    page.get_by_role("button", name="Undo").focus()
    for _ in range(20):
        page.keyboard.down("Enter")
        page.wait_for_timeout(50)
    page.keyboard.up("Enter")

    expect(page.locator(".bar-act", has_text="Undid:")).to_be_visible()
    assert decided() == before - 1


@pytest.mark.parametrize("key", ["a", "d"])
def test_a_second_key_right_after_the_item_before_decides_nothing(open_page, key):
    page = open_page()
    page.add_init_script(HOLD)
    page.goto(QUEUE)
    here = page.url

    page.keyboard.press("a")
    next_item(page, here)
    second = page.url
    page.keyboard.press(key)
    expect(page.locator(".toast", has_text="Too quick")).to_be_visible()
    assert decided() == 1
    assert page.url == second

    page.wait_for_function(LET_GO)
    page.keyboard.press(key)
    next_item(page, second)
    assert decided() == 2


def test_a_second_key_right_after_a_skip_decides_nothing(open_page):
    page = open_page()
    page.add_init_script(HOLD)
    page.goto(QUEUE)
    here = page.url

    page.keyboard.press("s")
    next_item(page, here)
    page.keyboard.press("a")

    expect(page.locator(".toast", has_text="Too quick")).to_be_visible()
    assert decided() == 0


def test_the_second_click_of_two_decides_nothing(open_page):
    page = open_page()
    page.add_init_script(HOLD)
    page.goto(QUEUE)
    here = page.url
    box = page.locator(".bar-approve").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    page.mouse.click(x, y)
    page.mouse.click(x, y)
    next_item(page, here)
    page.mouse.click(x, y)
    page.wait_for_timeout(200)

    assert decided() == 1
    assert AuditEvent.objects.count() == 1


def test_two_clicks_without_scripts_decide_one_item(open_page, monkeypatch):
    time = [1_000_000]
    monkeypatch.setattr(double_clicks, "now", lambda: time[0])
    page = open_page(scripts=False)
    page.goto(QUEUE)
    here = page.url
    time[0] += double_clicks.MOMENT
    box = page.locator(".bar-approve").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    page.mouse.dblclick(x, y)  # both are of the same form, or the second is of the next item
    next_item(page, here)
    page.wait_for_load_state("networkidle")
    assert decided() == 1
    assert AuditEvent.objects.count() == 1
    second = page.url

    time[0] += double_clicks.MOMENT
    page.locator(".bar-approve").click()
    next_item(page, second)
    assert decided() == 2


def test_a_double_click_on_a_form_is_sent_once(open_page):
    page = open_page()
    page.goto("/bulk/?kind=embeddings")

    page.get_by_role("button", name="Approve all that are selected").dblclick()
    page.wait_for_url(lambda url: "/bulk/" not in url)

    assert AuditEvent.objects.count() == 1


def test_caps_lock_changes_no_key(open_page):
    page = open_page()
    page.goto(f"/r/{Recording.objects.filter(kind='chat').first().path}")

    page.keyboard.press("A")  # as Caps Lock gives it: a capital letter, Shift not held
    expect(page.get_by_text("You approved this")).to_be_visible()
    page.keyboard.press("U")
    expect(page.get_by_text("Undecided.")).to_be_visible()
    send(page, "U")
    page.wait_for_timeout(600)  # longer than the moment in which keys of a new bar do nothing
    assert decided() == 0

    page.keyboard.press("Shift+U")
    expect(page.get_by_text("You approved this")).to_be_visible()
    send(page, "u", shiftKey=True)  # Shift with Caps Lock: it stands already, and redo has nothing
    page.wait_for_timeout(300)
    assert decided() == 1


def test_caps_lock_does_not_ask_for_all(open_page):
    page = open_page()
    page.goto("/?kind=embeddings")

    page.keyboard.press("A")
    page.wait_for_timeout(300)
    assert "/bulk/" not in page.url

    page.keyboard.press("Shift+A")
    page.wait_for_url("**/bulk/**")


@pytest.mark.parametrize(
    ("how", "goes"),
    [
        ({}, True),
        ({"altKey": True, "code": "Digit6"}, True),
        ({"modifierAltGraph": True, "code": "Digit9"}, True),
        ({"ctrlKey": True, "altKey": True, "code": "Digit9"}, True),
        ({"ctrlKey": True, "code": "BracketRight"}, False),
        ({"metaKey": True, "code": "BracketRight"}, False),
    ],
)
def test_signs_of_any_layout_work_and_shortcuts_stay(open_page, how, goes):
    page = open_page()
    page.goto("/?per=50")
    page.locator("a[rel=next]").wait_for()

    untouched = send(page, "]", **how)

    assert untouched is not goes
    if goes:
        page.wait_for_url("**page=2**")


@pytest.mark.parametrize("how", [{"altKey": True}, {"ctrlKey": True}, {"metaKey": True}, {"modifierAltGraph": True}])
def test_letters_with_a_shortcut_key_are_the_browsers(open_page, how):
    page = open_page()
    page.goto("/")

    for key in ("a", "d", "q", "j", "1"):
        assert send(page, key, **how)
    assert page.url.endswith("/")


def test_without_scripts_no_page_offers_keys(open_page):
    page = open_page(scripts=False)

    for address in (QUEUE, "/", "/tests/"):
        page.goto(address)
        assert page.locator(".hint").count()
        expect(page.locator(".hint:visible")).to_have_count(0)
