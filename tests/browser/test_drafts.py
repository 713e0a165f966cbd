"""What was typed and not sent is there again: after another item, a verdict, a reload, a crash, and a refusal."""

import re

import pytest
from playwright.sync_api import expect

from recviewer.catalog.models import Recording
from recviewer.review.decide import decide
from recviewer.review.models import Decision, Note
from recviewer.review.subjects import Seen

WORDS = "the model speaks of another planet"


def first():
    return Recording.objects.filter(kind="chat", outcome="answer").order_by("path").first()


def arrive(page, key):
    here = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != here)
    page.wait_for_load_state()


def new_note(page):
    return page.locator("[data-note-new] textarea")


def kept(page):
    return page.evaluate("() => Object.keys(localStorage).filter(one => one.startsWith('recviewer:draft:'))")


def test_a_note_is_there_again_after_another_item(open_page):
    page = open_page()
    page.goto("/queue/?kind=chat")

    page.keyboard.press("c")
    page.keyboard.type(WORDS)
    page.keyboard.press("Escape")
    arrive(page, "j")
    expect(new_note(page)).to_have_value("")
    arrive(page, "k")

    expect(new_note(page)).to_have_value(WORDS)
    expect(page.locator(".draft-mark")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_text("draft kept")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".prose", has_text=WORDS)).to_be_visible()
    page.wait_for_function("() => !Object.keys(localStorage).some(one => one.startsWith('recviewer:draft:'))")
    page.reload()
    expect(new_note(page)).to_have_value("")
    assert Note.objects.get().body == WORDS


@pytest.mark.parametrize("leave", ["s", "a", "reload", "crash", "own tab"])
def test_a_reason_is_there_again(open_page, leave):
    page = open_page()
    page.goto("/queue/?kind=chat")
    here = page.url

    page.keyboard.press("r")
    page.keyboard.type(WORDS)
    if leave == "reload":
        page.reload()
    elif leave == "crash":
        context = page.context
        page.close(run_before_unload=False)
        page = context.new_page()
    elif leave == "own tab":
        page = page.context.new_page()
    else:
        page.keyboard.press("Escape")
        arrive(page, leave)
    page.goto(here)

    expect(page.get_by_role("button", name=re.compile("Re-record.*draft"))).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator("#bar-note")).to_have_value(WORDS)
    expect(page.locator("#bar-note")).to_be_focused()
    page.keyboard.type("!")
    arrive(page, "Control+Enter")
    assert kept(page) == []
    assert Decision.objects.order_by("-pk").first().note == f"{WORDS}!"


def test_a_refused_reason_is_kept(open_page):
    page = open_page()
    one = first()
    page.goto(f"/r/{one.path}?in=%3F")
    page.keyboard.press("r")
    page.keyboard.type(WORDS)
    Recording.objects.filter(pk=one.pk).update(blob="1" * 40)

    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing was saved")).to_be_visible()
    assert len(kept(page)) == 1
    Recording.objects.filter(pk=one.pk).update(blob=one.blob)
    page.goto(f"/r/{one.path}?in=%3F")

    expect(page.locator("#bar-note")).to_have_value(WORDS)


def test_a_refused_note_is_kept(open_page):
    page = open_page()
    one = first()
    page.goto(f"/r/{one.path}")
    page.keyboard.press("c")
    page.keyboard.type(WORDS)
    page.locator("[data-note-new] .note-pin").fill("m999999999999")

    page.locator("[data-note-new] [data-saves]").click()
    expect(page.locator("#note-error")).to_be_visible()
    assert len(kept(page)) == 1
    page.reload()

    expect(new_note(page)).to_have_value(WORDS)


def test_a_draft_can_be_discarded_and_another_is_not_touched(open_page):
    page = open_page()
    one = first()
    page.goto(f"/r/{one.path}")
    page.keyboard.press("c")
    page.keyboard.type(WORDS)
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("a reason")
    page.keyboard.press("Escape")
    page.reload()

    page.keyboard.press("c")
    page.locator("[data-note-new]").get_by_role("button", name="Discard the draft").click()
    expect(new_note(page)).to_have_value("")
    page.reload()

    expect(new_note(page)).to_have_value("")
    expect(page.locator("#bar-note")).to_have_value("a reason")


def test_undo_beside_a_note_does_not_lose_it(open_page):
    page = open_page()
    one = first()
    page.goto(f"/r/{one.path}")
    page.keyboard.press("a")
    expect(page.get_by_text("You approved this")).to_be_visible()
    expect(page.locator(".bar-approve")).to_be_focused()  # the answer has given the focus back
    page.keyboard.press("c")
    page.keyboard.type(WORDS)
    page.keyboard.press("Escape")

    page.keyboard.press("u")
    expect(page.get_by_text("Undecided.")).to_be_visible()

    expect(new_note(page)).to_have_value(WORDS)


@pytest.mark.parametrize("address", ["/?kind=embeddings", "/bulk/?kind=embeddings"])
def test_the_reason_of_a_list_is_kept_and_sent_with_no_other_verdict(open_page, address):
    page = open_page()
    page.goto(address)
    reason = page.get_by_label("Re-record because")

    for tick in page.locator("[data-tick]").all():
        tick.check()
    reason.fill(WORDS)
    page.reload()
    for tick in page.locator("[data-tick]").all():
        tick.check()
    expect(reason).to_have_value(WORDS)
    page.get_by_role("button", name=re.compile("^Approve")).click()
    expect(page.locator(".toast")).to_be_visible()
    assert set(Decision.objects.values_list("verdict", "note")) == {("approve", "")}

    page.goto(address)
    for tick in page.locator("[data-tick]").all():
        tick.check()
    expect(reason).to_have_value(WORDS)
    reason.press("Enter")
    expect(page.locator(".toast")).to_be_visible()
    assert set(Decision.objects.filter(verdict="reject").values_list("note", flat=True)) == {WORDS}
    page.goto(address)
    expect(reason).to_have_value("")


def test_only_so_many_are_kept(open_page):
    page = open_page()
    one = first()
    page.goto(f"/r/{one.path}")
    page.evaluate(
        "() => { for (let n = 0; n < 80; n++)"
        " localStorage.setItem(`recviewer:draft:x:${n}`, JSON.stringify({words: 'w', at: n})) }"
    )

    page.keyboard.press("c")
    page.keyboard.type("x")

    assert len(kept(page)) == 60
    assert "recviewer:draft:x:79" in kept(page)


def test_a_reason_that_stands_is_no_draft(open_page):
    page = open_page()
    one = first()
    page.goto("/healthz")
    page.goto(f"/r/{one.path}")
    actor = page.locator("body").get_attribute("data-actor")
    decide([Seen(one.path, one.blob)], actor=actor, verdict="reject", note="as it stands")
    page.reload()

    page.keyboard.press("r")
    expect(page.locator("#bar-note")).to_have_value("as it stands")
    expect(page.get_by_text("draft kept")).to_have_count(0)


def test_the_last_reason_is_offered_and_never_sent_by_itself(open_page):
    page = open_page()
    page.goto("/queue/?kind=chat")
    for reason in ("Quotes a dead link", "Leaks its thinking"):
        here = page.url
        page.wait_for_timeout(500)  # in which a queue takes no verdict
        page.keyboard.press("r")
        page.keyboard.type(reason)
        page.keyboard.press("Control+Enter")
        expect(page).not_to_have_url(here)
    page.wait_for_timeout(500)
    field = page.locator("#bar-note")

    page.keyboard.press("r")
    expect(page.get_by_role("button", name="again: Leaks its thinking")).to_be_visible()
    expect(field).to_have_value("")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_have_value("Quotes a dead link")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_value("Leaks its thinking")
    here = page.url
    page.keyboard.press("Control+Enter")

    expect(page).not_to_have_url(here)
    assert sorted(Decision.objects.values_list("note", flat=True)) == [
        "Leaks its thinking",
        "Leaks its thinking",
        "Quotes a dead link",
    ]
