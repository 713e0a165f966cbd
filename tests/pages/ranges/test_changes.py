import json

import pytest
from django.utils.html import escape

from recviewer.memory import ranges
from recviewer.pages.ranges import acts
from recviewer.pages.ranges.findings import found_on
from recviewer.pages.ranges.queue import ShownRange
from recviewer.review.models import AuditEvent, Standing
from tests.conftest import exchange


def test_range_is_told_in_a_sentence_with_a_row_for_each_test(client, spec):
    page = client.get(f"/changes/{spec}").context["page"]

    assert page.files == 3
    assert page.opening == "3 recordings touched"
    assert page.ending == "3 need you"
    assert [row.test.short if row.test else "" for row in page.tests] == ["earth", "pluto", "old"]


def test_changes_are_listed_one_by_one_on_request(client, spec):
    page = client.get(f"/changes/{spec}?by=change").context["page"]

    assert [row.change.churn.value for row in page.changes] == ["text", "new", "gone"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("class=text", ["moon"]),
        ("class=new&class=gone", ["new", "old"]),
        ("test=tests/test_old.py::test_old", ["old"]),
        ("verdict=undecided", ["moon", "new", "old"]),
        ("verdict=approved", []),
        ("class=nonsense", ["moon", "new", "old"]),
    ],
)
def test_changes_are_filtered(client, spec, query, names):
    page = client.get(f"/changes/{spec}?{query}&by=change").context["page"]

    assert [row.change.side.name.removesuffix(".json") for row in page.changes] == names


def test_the_progress_is_of_what_the_queue_leads_through_whatever_was_decided(client, spec):
    decide(client, open_change(client, spec, "new"))

    page = client.get(f"/changes/{spec}?class=new&verdict=undecided&by=change").context["page"]

    assert (page.queue.decided, page.queue.total, page.walked) == (1, 1, "new")
    assert page.heading == "new, undecided"


def test_findings_lead_to_what_they_are_about(client, commit, make_recording):
    make_recording("tests/recordings/a.json", answered="Hello.")
    base = commit("before")
    make_recording("tests/recordings/a.json", answered="<think>Well, they greet me.</think>Hello.")
    make_recording("tests/recordings/b.json", asked="Other?", test="t.py::test_b")
    spec = f"{base}...{commit('after')}"

    (told,) = client.get(f"/changes/{spec}").context["page"].findings

    assert told.finding.rule == "leaked-reasoning"
    rows = client.get(f"{told.url}&by=change").context["page"].changes
    assert [row.change.side.name for row in rows] == ["a.json"]
    shown = open_change(client, spec, "a").content.decode()
    assert "Thinking leaked into the answer <a" in shown
    assert "leaked-reasoning, 1 in this range</a>" in shown


def test_one_change_is_shown_in_words(client, spec):
    html = client.get(f"/changes/{spec}?change=tests/recordings/moon.json").content.decode()

    assert "<del>384,400</del>" in html
    assert "<ins>384,401</ins>" in html
    assert "the same path" in html


@pytest.mark.parametrize("name", ["new", "old"])
def test_new_and_gone_recordings_have_a_page(client, spec, name):
    assert client.get(f"/changes/{spec}?change=tests/recordings/{name}.json").status_code == 200


def decide(client, response, verdict="approve", note="", **more):
    """Send the form of the bar that a response shows."""
    bar = response.context["page"].bar
    sent = dict(bar.fields) | {"next": bar.after, "verdict": verdict, "note": note}
    return client.post(bar.act_url, sent, **more)


def open_change(client, spec, name):
    return client.get(f"/changes/{spec}?change=tests/recordings/{name}.json")


@pytest.mark.slow
def test_a_queue_leads_from_one_change_to_the_next_and_sums_up(client, spec):
    response = client.get(client.get(f"/changes/{spec}").context["page"].start_url)
    seen = []
    while "bar" in dir(response.context["page"]):
        change = response.context["page"].change
        seen.append((change.side.name, response.context["page"].bar.queue.place))
        verdict, note = ("reject", "not a planet") if change.churn.value == "new" else ("approve", "")
        response = decide(client, response, verdict, note, follow=True)

    assert seen == [("moon.json", 1), ("new.json", 2), ("old.json", 3)]
    html = response.content.decode()
    assert "All 3 changes are decided" in html
    assert "2 approved" in html
    assert "1 to re-record" in html


@pytest.mark.slow
def test_decisions_hold_though_the_head_lies_on_no_disk(client, spec, root):
    from recviewer.catalog import indexer

    for place in root.rglob("*.json"):
        place.unlink()
    indexer.refresh(processes=1)

    decide(client, open_change(client, spec, "moon"))

    page = open_change(client, spec, "moon").context["page"]
    assert page.bar.lead == "You approved this"
    assert client.get(f"/changes/{spec}").context["page"].ending == "2 need you"


def test_approval_in_the_tree_is_one_in_the_range(client, spec, make_recording):
    from recviewer.catalog.models import Recording

    new = Recording.objects.get(path="tests/recordings/moon.json")
    client.post("/do/decide", {"key": new.path, "seen": new.blob, "verdict": "approve", "next": "/"})

    assert client.get(f"/changes/{spec}").context["page"].ending == "2 need you"


@pytest.mark.slow
def test_a_removal_is_let_go_or_wanted_back(client, spec):
    page = open_change(client, spec, "old").context["page"]
    assert (page.bar.is_gone, page.bar.rest) == (True, "May it go?")

    decide(client, open_change(client, spec, "old"), "reject", "still needed")

    assert open_change(client, spec, "old").context["page"].bar.lead == "You want it restored"


def test_a_rejection_without_a_reason_is_refused(client, spec):
    assert decide(client, open_change(client, spec, "moon"), "reject").status_code == 422


@pytest.mark.slow
def test_undo_comes_back_to_the_change(client, spec):
    decide(client, open_change(client, spec, "moon"))
    bar = open_change(client, spec, "moon").context["page"].bar

    response = client.post("/do/undo", dict(bar.fields) | {"next": bar.url, "event": str(bar.last.event)})

    assert response["Location"] == bar.url
    assert open_change(client, spec, "moon").context["page"].bar.state == "undecided"


@pytest.fixture
def pushed(client, commit, make_recording, root):
    """A range by name in which a person decided on all, and whose head was then pushed anew with another moon."""
    make_recording("tests/recordings/moon.json", answered="The moon is far.")
    make_recording("tests/recordings/old.json", asked="What was there?", test="tests/test_old.py::test_old")
    base = commit("before")
    make_recording("tests/recordings/moon.json", answered="The moon is 384,401 km away.")
    (root / "tests/recordings/old.json").unlink()
    commit("after")
    commit.git("branch", "topic")
    spec = f"{base}...topic"
    for name in ("moon", "old"):
        decide(client, open_change(client, spec, name))
    head = client.get(f"/changes/{spec}").context["page"].head.sha
    (root / "tests/recordings/moon.json").unlink()
    make_recording("tests/recordings/moon2.json", answered="The moon is near.")
    commit("pushed")
    commit.git("branch", "-f", "topic")
    return spec, head


@pytest.mark.slow
def test_a_newer_push_is_told_with_what_no_longer_applies(client, pushed):
    spec, head = pushed

    response = client.get(f"/changes/{spec}")

    told = response.context["pushed"]
    assert (told.before, told.count, told.lost) == (head[:9], 2, 1)
    html = client.get(told.lost_url).content.decode()
    assert "1 of your 2 decisions no longer applies" in html
    assert "tests/recordings/moon.json" in html


@pytest.mark.slow
def test_the_place_is_kept_when_the_file_has_another_name_now(client, pushed):
    spec, head = pushed

    response = client.get(f"/changes/{spec}?change=tests/recordings/moon.json&head={head[:12]}", follow=True)

    page = response.context["page"]
    assert page.change.side.name == "moon2.json"
    assert page.pushed.before == head[:9]


@pytest.mark.slow
def test_a_verdict_on_what_was_pushed_over_is_refused(client, pushed):
    spec, _ = pushed
    item = f"{'0' * 40}:tests%2Frecordings%2Fmoon2.json"

    response = client.post("/do/change", {"range": spec, "item": item, "verdict": "approve", "next": "/"})

    assert response.status_code == 409
    assert "Nothing was saved" in response.content.decode()


@pytest.mark.slow
def test_a_refused_verdict_leads_to_the_difference(client, spec, commit, make_recording):
    base = spec.partition("...")[0]
    commit.git("branch", "topic")
    response = open_change(client, f"{base}...topic", "moon")
    seen = response.context["page"].bar.seen
    make_recording("tests/recordings/moon.json", answered="The moon is near.")
    commit("pushed")
    commit.git("branch", "-f", "topic")

    refused = decide(client, response)

    assert refused.status_code == 409
    page = client.get(refused.context["page"].difference_url)
    assert f"blob:{seen}" in page.request["QUERY_STRING"].replace("%3A", ":")
    assert "<ins>near</ins>" in page.content.decode()


@pytest.mark.slow
def test_an_open_page_learns_of_the_push(client, pushed):
    spec, head = pushed

    assert b"newer commit" in client.get("/pushed", {"range": spec, "head": head[:12]}).content
    now = client.get(f"/changes/{spec}").context["page"].head.sha
    assert client.get("/pushed", {"range": spec, "head": now[:12]}).status_code == 204
    assert client.get("/pushed", {"range": "nowhere...x", "head": "a"}).status_code == 204


@pytest.mark.slow
def test_each_change_behind_the_groups_of_churn_can_be_looked_at(client, commit, make_recording, monkeypatch):
    monkeypatch.setattr(acts, "SHOWN", 0)
    for name in "ab":
        make_recording(f"tests/recordings/{name}.json", answered=f"I am {name}.", id="1")
    base = commit("before")
    for name in "ab":
        make_recording(f"tests/recordings/{name}.json", answered=f"I am {name}.", id="2")
    landing = client.get(f"/changes/{base}...{commit('after')}").context["page"]

    page = client.get(landing.churn_url).context["page"]
    assert [change.side.path for change, _ in page.rest_members] == [
        "tests/recordings/a.json",
        "tests/recordings/b.json",
    ]
    assert all(client.get(url).status_code == 200 for _, url in page.rest_members)

    monkeypatch.setattr(acts, "REST_SHOWN", 1)
    answer = client.get(landing.churn_url)
    assert (len(answer.context["page"].rest_members), answer.context["page"].rest_left) == (1, 1)
    listed = client.get(answer.context["page"].rest_url).context["page"]
    assert listed.churn == 2
    assert "1 more is in" in answer.content.decode()


def test_churn_that_is_one_item_is_not_called_the_same_change(client, commit, make_recording):
    for name in "ab":
        make_recording(f"tests/recordings/{name}.json", asked=f"Is it {name}?", answered=f"I am {name}.", id="1")
    base = commit("before")
    make_recording("tests/recordings/a.json", asked="Is it a?", answered="I am a.", id="2")
    other = exchange(asked="Is it b?", answered="I am b.", id="1")
    other["response"]["body"]["__data__"]["system_fingerprint"] = "fp"
    make_recording("tests/recordings/b.json", data=json.dumps(other).encode())
    landing = client.get(f"/changes/{base}...{commit('after')}?by=change").context["page"]

    (row,) = landing.changes
    page = client.get(row.url).content.decode()

    assert (row.more, row.told) == (1, "the same meaning")
    assert "The same meaning in each" in page
    assert "The same change" not in page
    assert "What was ignored may be another thing in each" in page


@pytest.mark.slow
def test_churn_is_approved_by_the_rule_after_a_question(client, commit, make_recording):
    for name in "abc":
        make_recording(f"tests/recordings/{name}.json", answered=f"I am {name}.", id="1")
    base = commit("before")
    for name in "ab":
        make_recording(f"tests/recordings/{name}.json", answered=f"I am {name}.", id="2")
    make_recording("tests/recordings/c.json", answered="I am not c.", id="2")
    spec = f"{base}...{commit('after')}"
    landing = client.get(f"/changes/{spec}").context["page"]

    asked = client.get(landing.churn_url).context["page"]
    sent = {"range": spec, "item": [group.items for group in asked.groups]}
    response = client.post("/do/churn", sent, follow=True)

    assert (landing.churn, asked.count) == (2, 2)
    assert "Approved 2 changes by the rule “only churn”." in response.content.decode()
    page = client.get(f"/changes/{spec}?change=tests/recordings/a.json").context["page"]
    assert page.bar.rest == "by the rule “only churn” together with 1 other"
    words = open_change(client, spec, "c").context["page"].change
    item = f"{words.side.blob}:tests%2Frecordings%2Fc.json"
    assert client.post("/do/churn", {"range": spec, "item": item}).status_code == 422


def test_an_item_says_what_was_found_on_any_that_it_stands_for(client, commit, make_recording):
    for number in range(3):
        leak = "<think>Let me see about llama-stack.</think>" if number == 2 else ""
        make_recording(
            f"tests/recordings/{number}.json", answered=f"{leak}Yes.", asked=f"Is llama-stack {number} fine?"
        )
    base = commit("before")
    for number in range(3):
        leak = "<think>Let me see about ogx.</think>" if number == 2 else ""
        error = "<think>ogx!</think>" if number == 1 else ""
        make_recording(f"tests/recordings/{number}.json", answered=f"{leak}{error}Yes.", asked=f"Is ogx {number} fine?")
    spec = f"{base}...{commit('after')}"
    report = ranges.report_of(spec)
    alone = next(change for change in report.found.changes if change.side.name == "1.json")
    same = [change for change in report.found.changes if change.side.name in ("0.json", "2.json")]

    (told,) = found_on(ShownRange(spec, report), [alone, *same])

    assert told.words == "thinking leaked into the answer in 1 of these 3"
    assert next(found_on(ShownRange(spec, report), [alone])).words == "thinking leaked into the answer"
    assert list(found_on(ShownRange(spec, report), same)) == []


@pytest.mark.slow
def test_a_pair_is_broken_up_and_made_again(client, commit, make_recording, root):
    make_recording("t/recordings/a1.json", asked="Name a river of Europe, please.")
    base = commit("before")
    (root / "t/recordings/a1.json").unlink()
    make_recording("t/recordings/a2.json", asked="Name a river of Europe, now.")
    spec = f"{base}...{commit('after')}"
    shown = client.get(f"/changes/{spec}?change=t/recordings/a2.json").context["page"]
    change = shown.change
    assert "paired now" in client.get(shown.pair_url).content.decode()
    names = {
        "old": "t%2Frecordings%2Fa1.json",
        "old_blob": change.old.blob,
        "new": "t%2Frecordings%2Fa2.json",
        "new_blob": change.new.blob,
    }

    response = client.post("/do/pair", {"range": spec, "is_pair": "0"} | names, follow=True)
    assert response.context["page"].change.churn.value == "new"
    assert all(one.is_parted for one in ranges.report_of(spec).found.changes)
    offered = client.get(response.context["page"].pair_url).context["page"]
    assert [one.side.name for one in offered.found] == ["a1.json"]
    assert "paired now" not in client.get(response.context["page"].pair_url).content.decode()
    response = client.post("/do/pair", {"range": spec, "is_pair": "1"} | names, follow=True)
    assert response.context["page"].change.pair.how.value == "hand"


def test_range_has_the_public_json(client, spec):
    told = json.loads(client.get(f"/changes/{spec}.json").content)

    assert (told["files_changed"], told["added"], told["modified"], told["deleted"]) == (3, 1, 1, 1)


def test_a_branch_may_end_like_the_json_form(client, spec, commit):
    commit.git("branch", "topic.json")
    base = spec.partition("...")[0]

    assert client.get(f"/changes/{base}...topic.json").context["page"].files == 3
    assert json.loads(client.get(f"/changes/{base}...topic.json.json").content)["files_changed"] == 3


def test_typed_range_leads_to_its_page(client, spec):
    assert client.get("/changes/", {"range": spec})["Location"] == f"/changes/{spec}"


def test_a_slash_at_the_end_is_left_out(client, spec):
    assert client.get(f"/changes/{spec}/?by=change")["Location"] == f"/changes/{spec}?by=change"


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["nowhere...main", "--upload-pack=x", "main:file", "..."])
def test_range_that_is_none_says_why(client, spec, typed):
    response = client.get("/changes/", {"range": typed})

    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_pull_requests_are_listed(client, spec, commit):
    commit.git("update-ref", "refs/pull/12/head", "HEAD")

    html = client.get("/changes/?all=1").content.decode()

    assert "#12" in html
    assert "after" in html


def test_tree_outside_any_repository_says_so(client, root, db, settings):
    settings.REPOSITORY = root

    page = client.get("/changes/").content.decode()

    assert "not a git repository" in page
    assert "Start recviewer with a checkout" in page
    assert "ranges-ask" not in page, "no range can be asked for"


def test_unknown_change_is_not_found(client, spec):
    assert client.get(f"/changes/{spec}?change=nothing.json").status_code == 404


@pytest.mark.slow
def test_same_change_is_decided_together_and_is_one_undo(client, commit, make_recording):
    for number in range(3):
        make_recording(f"tests/recordings/{number}.json", asked=f"Is llama-stack number {number} fine?")
    base = commit("before")
    for number in range(3):
        make_recording(f"tests/recordings/{number}.json", asked=f"Is ogx number {number} fine?")
    spec = f"{base}...{commit('after')}"
    (row,) = client.get(f"/changes/{spec}?by=change").context["page"].changes

    response = client.get(row.url)
    decide(client, response)

    assert (row.more, row.told) == (2, "llama-stack → ogx")
    members = response.context["page"].members
    html = response.content.decode()
    assert len(members) == 3
    for member in members:  # each can be read before deciding, with its test and place
        assert escape(member.url) in html
        assert f'title="{member.change.side.path}"' in html
        assert member.change.about.meaning.line.asked in html
        assert client.get(member.url).context["page"].change.key == member.change.key
    for words in (
        'Approve <span class="bar-wide">all </span>3</span>',
        "Re-record <span",
        "Mark all 3 for deletion",
        "Re-record all 3 because",
    ):
        assert words in html
    assert Standing.objects.count() == 3
    assert AuditEvent.objects.get().count == 3
    client.post("/do/undo", {"next": "/"})
    assert not Standing.objects.exists()


@pytest.fixture
def write(make_recording, chat):
    """Writes a recording of a test, None for none."""

    def run(name, *, test="tests/test_x.py::test_a", finish="stop", **words):
        document = chat(**words)
        document["test_id"] = test
        document["response"]["body"]["__data__"]["choices"][0]["finish_reason"] = finish
        make_recording(f"tests/recordings/{name}.json", data=json.dumps(document, indent=2).encode())

    return run


@pytest.fixture
def of_all_sorts(commit, write):
    """Three with the same new words, one of no test, two that only got other ids, a new one that is red."""
    tests = {name: f"tests/test_x.py::test_a[{name}]" for name in "abc"}
    for name, test in tests.items():
        write(name, test=test, asked="Is it?", answered="Yes.")
    write("none", test=None, answered="No test.")
    for number in (1, 2):
        write(f"quiet{number}", test=f"tests/test_q.py::test_{number}", answered=f"Quiet {number}.", id="1")
    base = commit("before")
    for name, test in tests.items():
        write(name, test=test, asked="Is it?", answered="No.")
    write("none", test=None, answered="No test at all.")
    for number in (1, 2):
        write(f"quiet{number}", test=f"tests/test_q.py::test_{number}", answered=f"Quiet {number}.", id="2")
    write("new", answered="Cut", finish="length")
    return f"{base}...{commit('after')}"


@pytest.mark.slow
def test_a_range_tells_one_number_for_one_thing_wherever_it_tells_it(client, of_all_sorts):
    spec = of_all_sorts
    page = client.get(f"/changes/{spec}").context["page"]
    made = client.get(f"/changes/{spec}.json").json()
    numbers = made["numbers"]
    facets = {facet.title: facet for facet in (*page.places, *page.verdicts)}

    assert (numbers["changes"], numbers["items"], numbers["need_you"], numbers["need_you_items"]) == (7, 4, 5, 3)
    assert page.ending == "5 need you, as 3 items"
    assert client.get(f"/report/{spec}?as=status").content.startswith(page.ending.encode())
    assert page.ending in client.get(f"/report/{spec}?as=md").content.decode()
    assert facets["need you"].count == numbers["need_you"]
    assert facets["undecided"].count == numbers["undecided"] == made["undecided"] == 7
    assert facets["items by test"].count == numbers["items"]
    assert facets["items by call"].count == numbers["items_by_call"]
    assert page.queue.total == numbers["items"]
    assert page.churn == numbers["churn"] == 2
    needs = client.get(page.needs_url).context["page"]
    assert (needs.numbers.changes, needs.numbers.items) == (numbers["need_you"], numbers["need_you_items"])
    assert len(needs.tests) == needs.queue.total == numbers["need_you_items"]
    every = client.get(facets["items by call"].url).context["page"]
    assert len(every.changes) == every.queue.total == numbers["items_by_call"]
    assert sum(row.more + 1 for row in every.changes) == numbers["changes"]
    tests = client.get(facets["items by test"].url).context["page"]
    assert len(tests.tests) == tests.queue.total == numbers["items"]
    assert sum(count for row in tests.tests for _, count in row.what) == numbers["changes"]
    (found,) = page.findings
    assert len(client.get(found.url).context["page"].tests) == len(found.finding.on) == 1


@pytest.mark.slow
def test_the_rule_acts_on_the_list_that_is_shown_and_says_how_many(client, of_all_sorts):
    spec = of_all_sorts
    whole = client.get(f"/changes/{spec}").context["page"]
    shown = client.get(f"/changes/{spec}?test=tests/test_q.py::test_1").context["page"]
    none = client.get(f"/changes/{spec}?class=text")

    assert (whole.churn, shown.churn, none.context["page"].churn) == (2, 1, 0)
    assert 'data-key="A"' not in none.content.decode()
    asked = client.get(shown.churn_url)
    assert asked.context["page"].count == 1
    every = client.get(whole.churn_url)
    assert [len(group.members) for group in every.context["page"].groups] == [2]
    for one, url in every.context["page"].groups[0].members:
        assert escape(url) in every.content.decode()
        assert one.about.test in every.content.decode()
    assert "Only of this list" in asked.content.decode()
    client.post("/do/churn", {"range": spec, "item": [one.items for one in asked.context["page"].groups], "next": "/"})
    assert client.get(f"/changes/{spec}").context["page"].churn == 1


@pytest.mark.slow
def test_uncommitted_work_is_a_range_and_a_later_edit_is_seen(client, commit, make_recording):
    make_recording("tests/recordings/moon.json", answered="The moon is far.")
    commit("before")
    make_recording("tests/recordings/moon.json", answered="The moon is near.")

    assert client.get("/changes/HEAD...").context["page"].opening == "1 recording touched"
    decide(client, open_change(client, "HEAD...", "moon"))
    assert client.get("/changes/HEAD...").context["page"].ending == "nothing needs you"
    make_recording("tests/recordings/moon.json", answered="The moon is gone, alas.")
    assert client.get("/changes/HEAD...").context["page"].ending == "1 needs you"


@pytest.mark.slow
def test_a_change_says_how_many_outside_of_its_item_a_verdict_on_it_decides(client, commit, write):
    write("one", test="t.py::test_1", asked="Which?", answered="This one.")
    base = commit("before")
    write("one", test="t.py::test_1", asked="Which?", answered="That one.")
    for name in ("two", "three"):
        write(name, test=f"t.py::test_{name}", asked="Which?", answered="That one.")
    write("four", test="t.py::test_4", asked="Which?", answered="Another one.")
    spec = f"{base}...{commit('after')}"

    shown = open_change(client, spec, "one")
    decide(client, shown, "delete")

    assert shown.context["page"].bar.alike == 2
    assert "Together with 2 others that say the same." in shown.content.decode()
    numbers = client.get(f"/changes/{spec}.json").json()["numbers"]
    assert (numbers["to_delete"], numbers["undecided"]) == (3, 1)


@pytest.mark.slow
def test_what_is_said_of_a_removal_is_named_as_its_buttons_are(client, spec):
    decide(client, open_change(client, spec, "old"), "reject", "still needed")
    assert AuditEvent.objects.latest("pk").summary.startswith("asked to restore “")

    decide(client, open_change(client, spec, "old"))
    assert AuditEvent.objects.latest("pk").summary.startswith("approved the deletion of “")


def test_a_range_without_a_known_test_says_so_once_and_counts_no_test(client, commit, write):
    write("a", test=None, answered="Yes.")
    base = commit("before")
    write("a", test=None, answered="No.")
    spec = f"{base}...{commit('after')}"

    html = client.get(f"/changes/{spec}").content.decode()

    assert "0 tests" not in html
    assert html.count("no test is known") == 1
    assert "heaviest" not in html


def test_nothing_touched_has_no_lines_to_count(client, spec):
    head = spec.partition("...")[2]

    html = client.get(f"/changes/{head}...{head}").content.decode()

    assert "No recording is touched" in html
    assert "changes-lines" not in html


def test_the_question_of_one_change_speaks_of_one(client, commit, write):
    write("a", answered="Yes.", id="1")
    base = commit("before")
    write("a", answered="Yes.", id="2")
    landing = client.get(f"/changes/{base}...{commit('after')}")

    asked = client.get(landing.context["page"].churn_url).content.decode()

    assert "Approve 1 only churn…" in landing.content.decode()
    assert "Approve 1 change that is only churn" in asked
    assert "It differs only" in asked
    assert "They" not in asked


@pytest.mark.slow
def test_an_older_generation_says_so_and_what_else_there_is_of_its_call(client, commit, write, root):
    for number, answer in enumerate(("Biela.", "Encke.")):
        write(f"comet{number}", asked="Name a comet.", answered=answer)
    base = commit("before")
    for number in range(2):
        (root / f"tests/recordings/comet{number}.json").unlink()
    spec = f"{base}...{commit('after')}"
    changes = client.get(f"/changes/{spec}?by=change").context["page"].changes
    newest = next(row for row in changes if not row.change.is_older)
    [(_, older_url)] = newest.older

    shown, first = client.get(older_url).content.decode(), client.get(newest.url).content.decode()

    assert "older generation of a call, all of it deleted" in shown
    assert "all of it deleted" not in first
    assert "Further recordings of this call" in first
    assert "No other recording of this range" not in first


@pytest.mark.slow
def test_a_change_that_stands_alone_is_told_why_it_has_no_partner(client, spec):
    assert "Why it has no partner" in open_change(client, spec, "new").content.decode()
    assert "Why these two" in open_change(client, spec, "moon").content.decode()


@pytest.mark.slow
def test_the_plan_deletes_what_the_range_shows_as_marked(client, commit, chat, make_recording):
    def put(name, **more):
        document = chat(asked="Is it?", answered="Yes.")
        document["test_id"] = f"tests/test_x.py::test_{name}"
        document["response"]["body"]["__data__"] |= more
        make_recording(f"tests/recordings/{name}.json", data=json.dumps(document, indent=2).encode())

    put("a")
    base = commit("before")
    put("a", x_odd="1")
    put("b", x_odd="1")
    spec = f"{base}...{commit('after')}"

    decide(client, open_change(client, spec, "a"), "delete")
    decide(client, open_change(client, spec, "b"))

    numbers = client.get(f"/changes/{spec}.json").json()["numbers"]
    plan = client.get(f"/plan/{spec}.json").json()
    assert (numbers["to_delete"], numbers["approved"]) == (1, 1)
    assert [one["path"] for one in plan["deletions"]] == ["tests/recordings/a.json"]
    assert plan["alike"] == []


@pytest.mark.slow
def test_one_press_reaches_no_change_that_is_another_one(client, commit, make_recording):
    for name in "abc":
        make_recording(f"tests/recordings/{name}.json", asked=f"{name}: is llama fine?", answered=f"Yes {name}.")
    base = commit("before")
    for name in "ab":
        make_recording(f"tests/recordings/{name}.json", asked=f"{name}: is ogx fine?", answered=f"Yes {name}.")
    make_recording("tests/recordings/c.json", asked="c: is llama fine?", answered="No.")
    spec = f"{base}...{commit('after')}"
    group = dict(open_change(client, spec, "a").context["page"].bar.fields)
    other = dict(open_change(client, spec, "c").context["page"].bar.fields)

    sent = {"range": spec, "verdict": "approve", "item": [group["item"], other["item"]]}
    response = client.post("/do/change", sent)

    assert response.status_code == 422
    assert "not the same change" in response.content.decode()
    assert {change.verdict for change in ranges.report_of(spec).found.changes} == {""}
    client.post("/do/change", sent | {"item": group["item"]})
    assert {change.side.name: change.verdict for change in ranges.report_of(spec).found.changes} == {
        "a.json": "approved",
        "b.json": "approved",
        "c.json": "",
    }


def test_a_row_tells_how_many_of_its_changes_are_undecided_once(client, commit, make_recording, root):
    make_recording("t/recordings/kept.json", asked="Kept?", answered="Yes.", test="t.py::test_a")
    make_recording("t/recordings/lost.json", asked="Lost?", answered="No.", test="t.py::test_a")
    base = commit("before")
    make_recording("t/recordings/kept.json", asked="Kept?", answered="Always.", test="t.py::test_a")
    (root / "t/recordings/lost.json").unlink()
    spec = f"{base}..{commit('after')}"

    (row,) = client.get(f"/changes/{spec}").context["page"].tests

    assert sum(count for _, count in row.what) == 2
    assert [(look.title, count) for look, count in row.states] == [("undecided", 2)]
