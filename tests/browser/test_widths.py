"""At every width the words have the room: rows, bars, targets."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from recviewer.catalog.models import Recording
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.review.decide import decide
from recviewer.review.subjects import Seen
from tests.conftest import exchange

from .pulls import answered

SEARCH = Path(__file__).parent.parent / "cases/tool/web_search.json"

WIDTHS = """() => {
  const row = document.querySelector('.row:not([data-again])');
  const wide = (name) => row.querySelector(name).getBoundingClientRect().width;
  const shown = (name) => (row.querySelector(name).checkVisibility() ? wide(name) : 0);
  const beside = shown('.col-chunks') + shown('.col-size') + shown('.col-state');
  return {asked: wide('.asked'), answered: wide('.answered'), beside};
}"""


@pytest.mark.parametrize("width", [1440, 1280, 1100, 768, 390, 320])
def test_words_have_more_room_than_numbers(open_page, width):
    page = open_page(width=width)
    page.goto("/?kind=chat")

    found = page.evaluate(WIDTHS)

    assert found["asked"] + found["answered"] >= found["beside"]
    if width < 1280:
        assert min(found["asked"], found["answered"]) >= found["beside"]


def pages(pull):
    chat = Recording.objects.filter(kind="chat", streaming=True).order_by("-chunks").first()
    yield from ("/", "/?q=weather", "/?smell=cannot-replay", "/tests/", "/bulk/?kind=chat", "/changes/", "/searching/")
    yield url_of_test(chat.test_id)
    yield from (f"/r/{chat.path}{view}" for view in ("", "?view=raw", "?view=chunks", "?in=%3F"))
    yield from (f"/history/{chat.path}", f"/changes/{pull}", f"/changes/{pull}?by=call")


BARS = """() => [...document.querySelectorAll('body *')].filter((one) => {
  const {position} = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  return (position === 'sticky' || position === 'fixed') && box.width > innerWidth / 2 && box.height > innerHeight / 4
    && one.checkVisibility() && getComputedStyle(one).maxHeight === 'none';
}).map((one) => one.className)"""

SMALL = """() => [...document.querySelectorAll('a[href], button, summary, input:not([type=hidden]), select, textarea')]
  .filter((one) => one.checkVisibility() && one.tabIndex >= 0 && !one.closest('svg, .only-read'))
  .filter((one) => !(one.matches('p > a') && getComputedStyle(one).display === 'inline')) // in a sentence
  .map((one) => [one, (one.closest('label') ?? one).getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < 23.5 || box.width < 23.5))
  .map(([one, box]) => `${box.width} x ${box.height}: ${one.outerHTML.slice(0, 120)}`)"""

WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def faults(page, addresses):
    for address in addresses:
        page.goto(address)
        yield from (f"{address}: {one} takes over a quarter" for one in page.evaluate(BARS))
        yield from (f"{address}: {one}" for one in page.evaluate(SMALL)[:3])
        yield from [f"{address}: {wide} px too wide" for wide in [page.evaluate(WIDE)] if wide > 0]


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640)])
def test_no_bar_covers_a_phone_no_target_is_small_and_nothing_overflows(open_page, pull, width, height):
    page = open_page(width=width, height=height)
    addresses = list(pages(pull))
    page.goto(f"/changes/{pull}")
    items = [one.get_attribute("href") for one in page.locator("[data-row]").all()]

    assert list(faults(page, [*addresses, *items[:3]])) == []


def test_at_400_percent_nothing_sticks_over_the_words(open_page):
    page = open_page(width=320, height=256)
    page.goto("/queue/?kind=chat")

    stuck = page.evaluate(
        "() => ['.top', '.bottom'].map((one) => getComputedStyle(document.querySelector(one)).position)"
    )

    assert stuck == ["static", "static"]
    assert page.evaluate(WIDE) == 0


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_a_reason_moves_nothing_that_is_read(open_page, width, height):
    page = open_page(width=width, height=height)
    longest = Recording.objects.filter(kind="chat").order_by("-chunks").first()
    page.goto(f"/r/{longest.path}?in=%3F")
    page.evaluate("scrollTo(0, 200)")
    before = page.evaluate("[scrollY, document.querySelector('.question').getBoundingClientRect().top]")

    page.evaluate("document.querySelector('[data-opens-reason]').click()")
    expect(page.locator("#bar-note")).to_be_focused()
    page.keyboard.type("a reason of some length, " * 8)
    during = page.evaluate("[scrollY, document.querySelector('.question').getBoundingClientRect().top]")
    page.keyboard.press("Escape")

    expect(page.locator("[data-opens-reason]")).to_be_focused()
    assert during == before
    assert page.evaluate("[scrollY, document.querySelector('.question').getBoundingClientRect().top]") == before


def test_a_phone_has_the_rest_of_the_queue_behind_a_button(open_page):
    page = open_page(width=320, height=640)
    page.goto("/queue/?kind=chat")
    here = page.url
    more = page.locator(".bar-more > summary")

    more.click()
    expect(page.get_by_role("link", name="Leave the queue")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Leave the queue")).to_be_hidden()
    expect(more).to_be_focused()
    more.click()
    page.get_by_role("link", name="Next", exact=True).click()

    expect(page).not_to_have_url(here)
    expect(page.locator(".tape-count")).to_contain_text("2 of")


TEAM = """() => {
  const side = document.querySelector('.top-side');
  side.insertAdjacentHTML('afterbegin', '<a class="top-account" href="/">Account</a><form><button>Sign out</button></form>');
}"""
"""What a hosted instance has in the top bar besides."""

OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('.brand, .top > nav, .top-side > :not(span)')]
    .filter((one) => one.checkVisibility())
    .map((one) => [one.className, one.getBoundingClientRect()]);
  return boxes.slice(1).filter(([, box], at) => box.left < boxes[at][1].right - 1).map(([name]) => name);
}"""


@pytest.mark.parametrize("is_team", [False, True])
def test_the_places_stand_in_one_line_or_in_the_menu_at_every_width(open_page, is_team):
    page = open_page(height=450)  # half of 1440 x 900, as at 200 %
    for address in ("/trash/", "/operations/"):
        page.goto(address)
        if is_team:
            page.evaluate(TEAM)
        for width in (320, 720, 768, 899, 900, 999, 1000, 1119, 1120, 1440):
            page.set_viewport_size({"width": width, "height": 450})
            assert page.evaluate(WIDE) <= 0, (address, width)
            shown = [page.locator(one).is_visible() for one in (".top > nav", ".menu > summary")]
            assert sorted(shown) == [False, True], (address, width)
            assert page.evaluate(OVERLAPS) == [], (address, width)


@pytest.mark.parametrize("width", [1440, 1100, 390])
def test_the_values_of_filters_are_not_cut_off(open_page, width):
    page = open_page(width=width)
    page.goto("/")
    if width < 720:
        page.locator(".facets-fold > summary").click()
    page.evaluate("document.querySelectorAll('.facet-more').forEach((one) => { one.open = true; })")

    cut = page.evaluate(
        """() => [...document.querySelectorAll('.facet-label')]
        .filter((one) => one.checkVisibility() && one.textContent.length < 60 && one.scrollWidth > one.clientWidth + 1)
        .map((one) => one.textContent)"""
    )

    assert cut == []


@pytest.mark.parametrize("width", [1440, 1100, 390])
def test_what_the_requests_of_equal_rows_differ_in_can_be_read(open_page, make_recording, width):
    for name, seed in (("one", 1), ("two", 2)):
        made = exchange(answered="Noon at the equator.")
        made["request"]["body"] |= {"seed": seed, "parallel_tool_calls": seed == 1, "service_tier": f"tier-{seed}"}
        make_recording(f"tests/recordings/{name}.json", data=json.dumps(made).encode())
    page = open_page(width=width)
    page.goto("/?q=equator")

    said = page.locator(".row-values:visible")

    expect(said).to_have_count(2)
    for number in range(2):
        assert said.nth(number).evaluate("(one) => one.scrollWidth <= one.closest('.row-link').clientWidth")
    assert page.locator(".row").nth(1).locator(".row-values:visible").inner_text().endswith("service_tier tier-2")


@pytest.mark.parametrize("width", [1440, 1100, 390])
def test_redo_and_undo_lie_beside_the_verdicts_and_not_under_them(open_page, width):
    page = open_page(width=width, height=844)
    alike = Recording.objects.filter(kind="models").first()
    for verdict, said in (("Approve", "You approved"), ("delet", "You marked")):
        page.goto(f"/r/{alike.path}")
        with answered(page):  # what is pressed shows before it is stored
            page.locator(".bar-acts").get_by_role("button", name=verdict).click()
        expect(page.get_by_role("region", name="Verdict")).to_contain_text(said)
    page.locator(".bar-last").get_by_role("button", name="Undo").click()

    more = page.get_by_role("button", name="Undo more")
    expect(more).to_be_visible()
    boxes = [one.bounding_box() for one in (more, page.get_by_role("button", name="Redo"), page.locator(".bar-acts"))]
    rows = {round(one["y"] + one["height"] / 2) for one in boxes[:2]}
    assert len(rows) == 1
    for one in boxes[:2]:
        assert one["x"] + one["width"] <= boxes[2]["x"] or one["y"] + one["height"] <= boxes[2]["y"] + 12


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640)])
def test_what_else_can_be_done_with_the_ticked_takes_no_quarter_of_a_phone(open_page, width, height):
    page = open_page(width=width, height=height)
    page.goto("/?kind=chat")
    page.locator("[data-tick]").first.click()

    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("button", name="Clear selection")).to_be_visible()

    assert page.evaluate("document.querySelector('[data-bulk-bar]').offsetHeight / innerHeight") < 0.25
    assert page.evaluate(WIDE) == 0


def test_a_phone_asks_for_the_reason_of_many_where_the_buttons_were(open_page):
    page = open_page(width=320, height=640)
    page.goto("/?kind=chat")
    for number in (0, 2):
        page.locator("[data-tick]").nth(number).click()
    opener = page.locator("[aria-controls=bulk-of-note]")

    opener.click()
    expect(page.locator("#bulk-note")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    opener.click()
    page.keyboard.type("quotes a dead link")
    page.keyboard.press("Enter")

    expect(page.locator(".row .bad").first).to_contain_text("re-record")
    expect(page.locator(".row:has-text('re-record')")).to_have_count(2)


@pytest.mark.parametrize("width", [1280, 390])
def test_without_scripts_no_control_is_dead(open_page, pull, width):
    page = open_page(width=width, scripts=False)
    dead = []

    for address in pages(pull):
        page.goto(address)
        dead += [
            f"{address}: {one.inner_text()}"
            for one in page.locator("button[type=button], [data-copy]").all()
            if one.is_visible()
        ]

    assert dead == []


@pytest.mark.parametrize("width", [390, 320])
def test_tables_break_no_word_into_letters_on_a_phone(open_page, width):
    page = open_page(width=width)
    longest = Recording.objects.order_by("-chunks").first()
    lines = "(cells) => cells.map((one) => Math.round(one.getBoundingClientRect().height / 24))"

    page.goto(f"/r/{longest.path}?view=chunks")
    figures = page.locator(".chunks tbody tr td.figure").evaluate_all(lines)
    page.goto("/?q=nothingatall+kind:chat")
    advice = page.locator(".blame tbody td:last-child").evaluate_all(lines)

    assert figures
    assert max(figures) == 1, "a figure stands in one line"
    assert advice
    assert max(advice) <= 2


@pytest.mark.parametrize("width", [1440, 1100, 390])
def test_what_a_search_found_stands_one_below_the_other_also_in_print(open_page, make_recording, width):
    page = open_page(width=width)
    made = json.loads(SEARCH.read_text())
    told = made["response"]["body"]["__data__"]
    result = json.loads(told["content"])
    told["content"] = json.dumps({**result, "top_k": result["top_k"] * 2})
    one = make_recording("tests/recordings/kettles.json", data=json.dumps(made).encode())
    page.goto(f"/r/{one.path}")

    for medium in ("screen", "print"):
        page.emulate_media(media=medium)
        first, second = (hit.bounding_box() for hit in page.locator(".hit").all())
        assert first["x"] == second["x"], medium
        assert first["y"] + first["height"] <= second["y"], medium


def test_the_last_act_is_told_in_words_beside_two_ways_back(open_page):
    page = open_page(width=1100)
    one, other = Recording.objects.filter(kind="chat", outcome="answer", part="").order_by("path")[:2]
    for path in (one.path, other.path):
        page.goto(f"/r/{path}")
        page.keyboard.press("a")
        expect(page.get_by_text("You approved this")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="Redo")).to_be_visible()

    assert page.locator(".bar-act").first.evaluate("(one) => one.scrollWidth - one.clientWidth") <= 0


@pytest.fixture
def planets(make_recording):
    """A question with three answers in one test function, and another question."""
    for provider, said in (("azure", "Earth."), ("bedrock", "On Earth."), ("openai", "The third one.")):
        make_recording(
            f"tests/recordings/{provider}.json",
            asked="Which planet do humans live on?",
            answered=said,
            test=f"tests/t.py::test_zplanet[{provider}]",
        )
    make_recording("tests/recordings/z.json", asked="And cats?", test="tests/t.py::test_zplanet[zero]")


BOXES = """() => [...document.querySelectorAll('.row')].map((row) => {
  const [asked, words, link] = ['.asked > span', '.words', '.row-link'].map((one) => row.querySelector(one))
    .map((one) => one.getBoundingClientRect());
  return {left: asked.left, right: asked.right, height: asked.height, words: words.left, link: link.left};
})"""


@pytest.mark.parametrize(("width", "scripts"), [(1440, True), (1280, True), (1440, False)])
def test_a_question_stands_once_at_the_left_of_its_answers(open_page, planets, width, scripts):
    page = open_page(width=width, scripts=scripts)
    page.goto("/?test=zplanet")

    first, second, third, other = page.evaluate(BOXES)

    assert first["right"] <= min(first["link"], second["link"])
    assert first["height"] > 30  # in more than one line
    assert (second["height"], third["height"]) == (1, 1)  # for the ear alone
    assert first["words"] == second["words"] == other["words"]
    assert other["left"] == first["left"]
    expect(page.locator(".asked small")).to_have_text("3 answers")
    expect(page.get_by_role("link", name="Which planet do humans live on?")).to_have_count(3)


def test_the_hands_go_from_answer_to_answer_and_a_question_opens_the_first(open_page, planets):
    page = open_page()
    page.goto("/?test=zplanet")
    for _ in range(2):
        page.keyboard.press("j")
    expect(page.locator(".row-link").nth(1)).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bedrock.json*")
    page.locator("[rel=next]").first.wait_for()
    page.keyboard.press("j")
    page.wait_for_url("**/openai.json*")
    page.go_back()
    page.go_back()

    expect(page.locator(".row-link").nth(1)).to_be_focused()
    expect(page.locator("[data-tick]:checked")).to_have_count(1)
    page.locator(".asked > span").first.click()
    page.wait_for_url("**/azure.json*")


@pytest.mark.parametrize("width", [768, 390, 320])
def test_below_the_wide_list_a_question_stands_above_its_answers(open_page, planets, width):
    page = open_page(width=width)
    page.goto("/?test=zplanet")

    expect(page.locator(".asked:visible")).to_have_count(2)
    expect(page.locator(".asked small")).to_be_visible()
    assert page.evaluate(WIDE) == 0


def test_a_row_that_says_nothing_new_has_no_empty_line(open_page, make_recording):
    for name in "ab":
        make_recording(f"tests/recordings/{name}.json", answered=f"It is {name}.", test="tests/t.py::test_zplanet")
    page = open_page(width=390, height=844)
    page.goto("/?test=zplanet")

    first, second = (page.locator(".row .col-about").nth(at).bounding_box()["height"] for at in (0, 1))

    assert (first, second) == (20, 0)


def test_an_untouched_recording_says_so_in_a_word_on_a_phone(open_page):
    page = open_page(width=390, height=844)
    page.goto(f"/r/{Recording.objects.filter(kind='chat').order_by('path').first().path}")

    expect(page.get_by_text("Undecided.")).to_be_visible()


def test_between_phone_and_desk_an_item_of_a_range_has_two_lines_and_its_test_the_width(open_page, pull):
    page = open_page(width=768, height=1024)
    page.goto(f"/changes/{pull}")

    row = page.locator(".changes-table tbody tr").first
    name, what = row.locator("th").bounding_box(), row.locator("td").first.bounding_box()
    assert name["width"] > 768 / 2
    assert what["y"] >= name["y"] + name["height"]
    assert page.evaluate(WIDE) == 0


@pytest.mark.parametrize("width", [320, 390])
def test_the_states_of_what_is_decided_on_at_once_stand_in_one_line_below_what_they_are_about(open_page, width):
    one, other = Recording.objects.filter(kind="chat", part="").order_by("path")[:2]
    decide([Seen(one.path, one.blob)], actor="somebody", verdict="reject", note="It leaks its reasoning.")
    decide([Seen(other.path, other.blob)], actor="somebody", verdict="delete", note="")
    page = open_page(width=width)
    page.goto("/bulk/?kind=chat")

    rows = page.evaluate(
        """() => [...document.querySelectorAll(".bulk-groups li")].filter(row => row.querySelector(".state")).map(row => {
            const state = row.querySelector(".state").getBoundingClientRect(), link = row.querySelector("a");
            const box = link.getBoundingClientRect();
            return [state.height, state.left - box.left, state.top >= box.bottom - 1];
        })"""
    )

    assert len(rows) >= 2
    assert all(height < 26 and abs(aside) < 2 and is_below for height, aside, is_below in rows), rows
