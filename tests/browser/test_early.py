"""Keys that are pressed before the page listens: those that only lead somewhere wait for it, and none decides."""

import pytest
from playwright.sync_api import expect

from recviewer.catalog.models import Recording
from recviewer.review.models import AuditEvent

FOCUSED = "() => document.activeElement.getAttribute('href')"
AGE = "Object.defineProperty(Event.prototype, 'timeStamp', {get: () => performance.now() - %d})"
"""In a page with this every event is so many milliseconds old, however slow the machine is."""
QUEUE = "/queue/?kind=chat"


@pytest.fixture
def pressed_early(open_page):
    """Return a function: open an address, press keys before keys.js came, and return the page when it listens."""

    def press(address, *keys, age=0, before=None):
        page, held, is_open = open_page(), [], []
        page.add_init_script(AGE % age)
        page.route("**/js/keys.js", lambda route: route.continue_() if is_open else held.append(route))
        page.goto(address, wait_until="commit")
        page.wait_for_function("() => performance.getEntriesByType('paint').length > 0")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("dialog")).to_be_attached()  # the last that the page's text brings
        if before:
            before(page)
        for key in keys:
            page.keyboard.press(key)
        is_open.append(True)
        for route in held:
            route.continue_()
        page.wait_for_load_state()
        return page

    return press


def recording():
    return f"/r/{Recording.objects.filter(kind='chat', streaming=True).order_by('path').first().path}"


def decided():
    return AuditEvent.objects.count()


def test_keys_that_move_wait_all(pressed_early):
    page = pressed_early("/?kind=chat", "j", "j", "j", "k")

    expect(page.locator(".row-link").nth(1)).to_be_focused()


def test_the_next_item_and_the_start_of_a_review_wait(pressed_early, pull):
    page = pressed_early(f"/changes/{pull}", "n")

    expect(page.get_by_text("Undecided.")).to_be_visible()


def test_another_view_waits(pressed_early):
    page = pressed_early(recording(), "v")

    expect(page.locator("[data-live]")).to_contain_text("Raw ")


def test_the_sheet_of_keys_waits_and_the_keys_after_it_rest(pressed_early):
    page = pressed_early(recording(), "Shift+?", "v")

    expect(page.get_by_role("dialog")).to_be_visible()
    assert "view=" not in page.url


@pytest.mark.parametrize("address", [recording, lambda: QUEUE])
@pytest.mark.parametrize("keys", ["a", "d", "r", "va", "ja", "ad"])
def test_a_verdict_waits_never(pressed_early, address, keys):
    page = pressed_early(address(), *keys)

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert decided() == 0
    assert page.locator(".bar[data-asking]").count() == 0


def test_what_comes_after_a_key_that_opens_a_field_was_meant_for_it(pressed_early):
    page = pressed_early(QUEUE, *"cjnv")
    here = page.url

    assert "view=" not in here
    expect(page.locator(".tape-said")).to_contain_text("1 of")


def test_what_is_typed_after_the_search_key_is_no_key(pressed_early):
    page = pressed_early("/?kind=chat", *"/jq")

    expect(page.locator("[data-search]")).to_be_focused()
    assert "/queue/" not in page.url


def test_what_was_typed_in_a_field_is_no_key(pressed_early):
    def type_in_search(page):
        page.locator("[data-search]").focus()
        page.keyboard.type("jq")
        page.locator("[data-search]").blur()

    page = pressed_early("/?kind=chat", before=type_in_search)

    expect(page.locator("[data-search]")).to_have_value("jq")
    assert page.evaluate(FOCUSED) is None
    assert "/queue/" not in page.url


def test_keys_too_old_are_dropped(pressed_early):
    page = pressed_early("/?kind=chat", "j", "q", age=2100)

    assert page.evaluate(FOCUSED) is None
    assert "/queue/" not in page.url


def test_held_keys_and_shortcuts_are_dropped(pressed_early):
    def hold(page):
        told = "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, ...key}))"
        page.evaluate(told, {"key": "j", "repeat": True})
        page.evaluate(told, {"key": "j", "ctrlKey": True})

    page = pressed_early("/?kind=chat", before=hold)

    assert page.evaluate(FOCUSED) is None


def test_keys_that_are_switched_off_do_not_wait(pressed_early):
    def switch_off(page):
        page.evaluate("() => { document.documentElement.dataset.keys = 'off' }")

    page = pressed_early("/?kind=chat", "j", before=switch_off)

    assert page.evaluate(FOCUSED) is None


SENT = "one => document.querySelector(one)?.hasAttribute('data-sent')"


@pytest.fixture
def stays(open_page):
    """Return a function: open an address on a page that leads nowhere, as one does whose server is slow."""

    def begin(address):
        page = open_page()
        page.goto(address)
        page.evaluate("navigation.addEventListener('navigate', (event) => event.preventDefault())")
        return page

    return begin


def test_a_verdict_in_a_queue_shows_at_once_that_it_was_pressed(stays):
    page = stays(QUEUE)
    page.wait_for_timeout(500)  # in which a queue takes no verdict

    page.keyboard.press("a")

    ground = "one => getComputedStyle(document.querySelector(one)).backgroundColor"
    assert page.evaluate(SENT, ".bar-approve")
    assert page.evaluate(ground, ".bar-approve") != page.evaluate(ground, ".bar-delete")
    assert decided() == 0


def test_a_row_shows_at_once_that_it_was_opened(stays):
    page = stays("/?kind=chat")

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.evaluate("new Promise((done) => setTimeout(done))")

    assert page.evaluate(SENT, ".row-link")
