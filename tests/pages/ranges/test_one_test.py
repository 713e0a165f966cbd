"""All that changed in one test on one page, and what can be approved there."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from recviewer.changes import overview
from recviewer.changes.shown_once import shown_once
from recviewer.difference.model import Churn
from recviewer.memory.ranges import report_of
from recviewer.pages.deciding import double_clicks
from recviewer.pages.difference.text import Room
from recviewer.pages.ranges import read_calls
from recviewer.pages.site.forms import item_of
from recviewer.pairing.pairs import Pairing
from recviewer.review.models import Decision
from recviewer.review.undoing import undo
from tests.conftest import exchange

TEST = "tests/test_sky.py::test_moons[small]"
URL = "/do/test"


@pytest.fixture
def write(root, db):
    """Return a function that writes a call of the test: its place, and answers in a row with the questions between."""

    def write(name, *answers, asked="Which planet?", test=TEST):
        document = exchange(asked=asked, answered=answers[-1], test=test)
        turns = [{"role": "user", "content": asked}]
        for at, answer in enumerate(answers[:-1]):
            turns += [{"role": "assistant", "content": answer}, {"role": "user", "content": f"And then ({at})?"}]
        document["request"]["body"]["messages"] = turns
        place = root / f"tests/recordings/{name}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(document))

    return write


@pytest.fixture
def spec(write, commit):
    """A range in which both calls of a test have other answers; another test changed, too, and a call came."""
    write("a", "Saturn.")
    write("b", "Saturn.", "Titan.")
    write("c", "Old.", asked="Else?", test="tests/test_sky.py::test_else")
    base = commit("before")
    write("a", "It is Saturn.")
    write("b", "It is Saturn.", "It is Titan.")
    write("c", "New.", asked="Else?", test="tests/test_sky.py::test_else")
    write("d", "Rhea.", asked="Which other moon?")
    return f"{base}..{commit('after')}"


def page_of(client, spec, test=TEST):
    """The answer where all that a test became is shown."""
    there = [one for one in report_of(spec).found.changes if one.about.test_id == test]
    return client.get(f"/changes/{spec}", {"read": there[0].side.path if there else test})


def fields_of(client, spec, test=TEST):
    """What the bar of that page sends."""
    return dict(page_of(client, spec, test).context["page"].bar.fields)


def decide(client, spec, verdict="approve", test=TEST, **more):
    return client.post(URL, fields_of(client, spec, test) | {"verdict": verdict} | more)


def verdicts(spec):
    return {one.side.name: one.verdict for one in report_of(spec).found.changes}


def test_a_test_is_told_call_by_call_and_each_thing_once(client, spec):
    answer = page_of(client, spec)
    page, html = answer.context["page"], answer.content.decode()

    assert [call.change.side.name for call in page.calls] == ["a.json", "d.json", "b.json"]
    assert [[one.call for one in call.repeated] for call in page.calls] == [[], [], [1]]
    assert page.words < page.words_by_call
    assert "as in call 1" in html
    assert [again.words for again in page.calls[2].repeated] == ["messages [1]"]
    assert page.bar.count == 3
    assert "2 answers" not in page.bar.rest
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(set(ids)) == len(ids)


def test_the_landing_page_leads_there(client, spec):
    rows = client.get(f"/changes/{spec}").context["page"].tests
    urls = {row.test.short: row.url for row in rows}

    assert client.get(urls["moons"]).context["page"].test.whole == TEST
    assert client.get(urls["else"]).context["page"].bar.queue.total == len(rows) == 2


@pytest.mark.slow
@pytest.mark.parametrize(("verdict", "state"), [("approve", "approved"), ("reject", "rejected"), ("delete", "delete")])
def test_a_verdict_reaches_all_that_is_shown_by_a_rule_that_names_changes_alone(client, spec, verdict, state):
    answer = decide(client, spec, verdict, note="wrong moons")

    assert answer.status_code == 303
    assert verdicts(spec) == {"a.json": state, "b.json": state, "c.json": "", "d.json": state}
    assert {one.rule for one in Decision.objects.all()} == {"a test read as a whole"}
    assert all(one.fingerprint.startswith("change:") for one in Decision.objects.all())
    page = page_of(client, spec).context["page"]
    assert page.bar.state == state
    assert not any(call.item for call in page.calls)


def test_one_undo_takes_it_back(client, spec):
    decide(client, spec)

    undo(actor=Decision.objects.first().reviewer)

    assert set(verdicts(spec).values()) == {""}


@pytest.mark.slow
def test_one_call_can_be_approved_alone_and_the_rest_is_left(client, spec):
    call = page_of(client, spec).context["page"].calls[0]

    decide(client, spec, item=call.item)

    assert verdicts(spec) == {"a.json": "approved", "b.json": "", "c.json": "", "d.json": ""}
    page = page_of(client, spec).context["page"]
    assert (page.bar.count, page.bar.lead) == (2, "Decided in part.")


def test_an_old_text_without_a_word_in_common_is_folded_and_fetched_and_all_is_decided_on(client, write, commit):
    old = "Saturn is the one with many rings of ice and dust. " * 60
    write("a", old)
    write("b", old, "Titan.")
    base = commit("before")
    write("a", "Nobody may answer such questions here, whoever asks!")
    write("b", "Nobody may answer such questions here, whoever asks!", "It is Titan.")
    spec = f"{base}..{commit('after')}"

    answer = page_of(client, spec)
    page, html = answer.context["page"], answer.content.decode()
    fold = page.calls[0].parts[0].items[0].before

    assert (fold.title, fold.body, page.bar.count) == ("before: 660 other words", None, 2)
    assert html.count("ice and dust") == 3  # its first words
    assert "Nobody may answer" in html
    fetched = client.get(answer.request["PATH_INFO"] + fold.query, headers={"HX-Request": "true"}).content.decode()
    assert fetched.count("ice and dust") == 60
    opened = client.get(answer.request["PATH_INFO"] + fold.query).content.decode()
    assert opened.count("ice and dust") == 63


def test_another_old_recording_can_be_chosen_for_a_call_that_has_another_name_now(client, write, commit, root):
    write("a", "Saturn.")
    write("b", "Saturn.", "Titan.")
    base = commit("before")
    write("a", "It is Saturn.")
    (root / "tests/recordings/b.json").unlink()
    write("e", "It is Saturn.", "It is Titan.")
    spec = f"{base}..{commit('after')}"

    answer = page_of(client, spec)
    page, html = answer.context["page"], answer.content.decode()

    assert [call.was for call in page.calls] == ["", "b.json"]
    ((why, sure, calls),) = page.pairs
    assert (bool(why), bool(sure), [call.number for call in calls]) == (True, True, [2])
    assert 'title="new file name, was b.json"' in html
    assert client.get(calls[0].pair_url).status_code == 200
    assert "choose another" in html


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (("messages[0] user", "messages[2] assistant look", "finish"), "messages [0], [2], finish"),
        (("messages[1] assistant", "messages[1] assistant reasoning"), "messages [1], [1] reasoning"),
        (
            ("messages[1] assistant (gone)", "messages[1] assistant reasoning (new)"),
            "messages [1] (gone), [1] reasoning (new)",
        ),
        (("tools look", "tools see", "tool calls look"), "tools look, see, tool calls look"),
        (("host", "chunks[].model"), "host, chunks[].model"),
        (
            tuple(f"messages[{at}] user" for at in range(14)),
            f"messages {', '.join(f'[{at}]' for at in range(12))} and 2 more",
        ),
    ],
)
def test_what_an_earlier_call_told_is_named_in_a_line(labels, words):
    assert read_calls._in_a_line(labels) == words


def test_one_call_can_be_sent_back_with_a_reason(client, spec):
    call = page_of(client, spec).context["page"].calls[0]

    decide(client, spec, "reject", item=call.item, note="wrong moon")

    assert verdicts(spec) == {"a.json": "rejected", "b.json": "", "c.json": "", "d.json": ""}


def test_tests_that_were_each_asked_something_else_are_said_to_be(client, write, commit):
    spec = answered(write, commit, ["a", "c"], c="Which moon?")

    html = page_of(client, spec, "tests/test_sky.py::test_moons[c]").content.decode()

    assert "2 tests, 2 questions" in html


def test_a_long_question_above_the_calls_ends_in_an_ellipsis(client, write, commit):
    asked = "Which planet? " + "z" * 400
    for name in "ab":
        write(name, "Saturn.", asked=asked)
    base = commit("before")
    for name, answer in (("a", "It is Saturn."), ("b", "It may be Saturn.")):
        write(name, answer, asked=asked)

    html = page_of(client, f"{base}..{commit('after')}").content.decode()

    heading = re.search(r"<h1.*?</h1>", html)[0]
    assert "z…</bdi>" in heading


def test_tests_are_called_by_what_tells_them_apart(client, write, commit):
    names = ["openai-txt=bedrock/oss-20b-one_01", "openai-txt=bedrock/oss-20b-two_01"]
    spec = answered(write, commit, names)

    page = page_of(client, spec, f"tests/test_sky.py::test_moons[{names[0]}]").context["page"]

    assert [call.begins for call in page.calls] == ["…one_01]", "…two_01]"]


def test_what_the_page_does_not_show_is_refused(client, spec):
    change = next(one for one in report_of(spec).found.changes if one.side.name == "c.json")

    answer = decide(client, spec, item=item_of(change.side.path, change.side.blob, change.own_subject))

    assert answer.status_code == 422
    assert not Decision.objects.exists()


@pytest.mark.slow
def test_verdicts_that_differ_are_told_as_that(client, spec):
    calls = page_of(client, spec).context["page"].calls
    decide(client, spec, item=calls[0].item)
    decide(client, spec, "reject", item=[one.item for one in calls[1:]], note="no")

    bar = page_of(client, spec).context["page"].bar

    assert (bar.lead, bar.rest) == ("Decided, not all alike:", "1 approved, 2 re-record.")
    assert (bar.state, bar.count, bar.my_note) == ("mixed", 3, "")


@pytest.mark.slow
def test_a_verdict_can_be_given_anew_where_all_is_decided_and_reaches_what_is_shown(client, write, commit, root):
    write("a", "Saturn.")
    base = commit("before")
    write("a", "It is Saturn.")
    write("n", "Saturn.", "Titan.")
    place = root / "tests/recordings/n.json"
    document = json.loads(place.read_text())
    document["request"]["body"]["messages"][0]["content"] = [{"type": "image_url", "image_url": {"url": "data:,x"}}]
    place.write_text(json.dumps(document))
    spec = f"{base}..{commit('after')}"
    answer = decide(client, spec, next="")
    alone = client.get(page_of(client, spec)["Location"]).context["page"]
    assert alone.change.side.name == "n.json"
    client.post("/do/change", dict(alone.bar.fields) | {"verdict": "approve"})

    assert answer.status_code == 303
    assert decide(client, spec, "reject", note="no").status_code == 303
    assert verdicts(spec) == {"a.json": "rejected", "n.json": "approved"}


def test_after_a_change_that_is_read_alone_comes_the_page_of_the_test(client, spec):
    shown = page_of(client, spec).context["page"]
    answer = client.get(shown.calls[1].url)
    alone = answer.context["page"]

    assert alone.bar.after == shown.bar.url
    assert "3 of its 3 changes left" in answer.text
    assert "of its 3 changes left" not in client.get(shown.bar.url).text


@pytest.mark.parametrize("kind", ["error", "empty", "silent"])
def test_what_came_without_words_or_as_a_failure_is_read_alone(client, write, commit, root, kind):
    write("a", "Saturn.")
    base = commit("before")
    write("a", "It is Saturn.")
    write("n", "Saturn.", "Titan.")
    place = root / "tests/recordings/n.json"
    document = json.loads(place.read_text())
    match kind:
        case "error":
            document["response"] = {"body": None, "is_streaming": False, "is_exception": True} | FAILED
        case "empty":
            document["response"]["body"]["__data__"]["choices"][0]["message"]["content"] = ""
        case "silent":
            document["request"]["body"]["messages"][0]["content"] = ""
    place.write_text(json.dumps(document))

    page = page_of(client, f"{base}..{commit('after')}").context["page"]
    calls = page.calls

    assert [bool(call.item) for call in calls if call.change.side.name == "n.json"] == [False]
    assert page.bar.lead == "Undecided."


FAILED = {"exception_type": "RateLimitError", "exception_message": "slow down", "exception_data": {"category": "x"}}


@pytest.mark.slow
def test_what_was_not_seen_as_it_is_now_is_refused(client, spec, write, commit):
    fields = fields_of(client, spec) | {"verdict": "approve"}
    item = page_of(client, spec).context["page"].calls[0].item
    write("a", "It is Jupiter.")
    moved = f"{spec.partition('..')[0]}..{commit('later')}"

    assert client.post(URL, fields | {"range": moved, "item": item}).status_code == 409
    assert decide(client, spec, item=":".join(item.split(":")[:2])).status_code == 422
    assert not Decision.objects.exists()


def test_what_went_and_what_came_stand_with_the_rest_whole(client, write, commit, root):
    write("a", "Saturn.")
    write("b", "Saturn.", "Titan.")
    base = commit("before")
    write("b", "Saturn.", "It is Titan.")
    (root / "tests/recordings/a.json").unlink()
    write("n", "Saturn.", "Titan.", "Rhea.")

    answer = page_of(client, f"{base}..{commit('after')}")
    page = answer.context["page"]

    assert {call.change.churn for call in page.calls} == {Churn.GONE, Churn.TEXT, Churn.NEW}
    assert "Rhea." in answer.content.decode()
    assert not page.bar.can_delete
    assert "2 answers and 1 deletion" in page.bar.rest


def test_a_call_that_is_too_long_is_read_alone_and_so_is_what_it_tells_for_others(client, write, commit):
    write("a", "Saturn.")
    write("b", "Saturn.", "Titan.")
    base = commit("before")
    long = "word " * 5_000
    write("a", long)
    write("b", long, "It is Titan.")

    answer = page_of(client, f"{base}..{commit('after')}")

    assert answer.status_code == 302
    page = client.get(answer["Location"]).context["page"]
    assert page.bar.queue.total == 1
    assert page.bar.after != page.bar.queue.after_url


@pytest.mark.parametrize("kind", ["picture", "unreadable"])
def test_what_cannot_be_told_in_words_is_read_alone(client, write, commit, root, kind):
    write("a", "Saturn.")
    base = commit("before")
    write("a", "It is Saturn.")
    write("n", "Saturn.", "Titan.")
    place = root / "tests/recordings/n.json"
    document = json.loads(place.read_text())
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    document["request"]["body"]["messages"][0]["content"] = [picture]
    place.write_text(json.dumps(document))
    if kind == "unreadable":
        (root / "tests/recordings/a.json").write_text("{")

    answer = page_of(client, f"{base}..{commit('after')}")

    if kind == "unreadable":
        assert answer.status_code == 302
    else:
        assert [(call.change.side.name, bool(call.item)) for call in answer.context["page"].calls] == [
            ("a.json", True),
            ("n.json", False),
        ]


def test_what_a_range_did_not_read_is_not_decided_here(client, write, commit):
    write("a", "Saturn.")
    base = commit("before")
    write("a", "It is Saturn.")
    (change,) = report_of(f"{base}..{commit('after')}").found.changes
    unread = replace(change, churn=Churn.UNREAD)

    assert read_calls._why_not(shown_once([change])[0], Room(read_calls.ROOM)) == ""
    assert read_calls._why_not(shown_once([unread])[0], Room(read_calls.ROOM)) == read_calls.NOTHING


def test_red_is_named_where_it_is_decided(client, write, commit):
    write("a", "Saturn.")
    write("b", "Saturn.", "Titan.")
    base = commit("before")
    write("a", "<think>Well, they ask of a planet.</think>Saturn.")
    write("b", "Saturn.", "It is Titan.")

    page = page_of(client, f"{base}..{commit('after')}").context["page"]

    assert [len(call.findings) for call in page.calls] == [1, 0]
    assert "1 with a red finding" in page.bar.rest


def test_the_only_change_of_a_test_has_its_own_page(client, spec):
    answer = page_of(client, spec, "tests/test_sky.py::test_else")

    assert answer.status_code == 302
    assert "change=" in answer["Location"]


def test_a_change_that_is_not_in_the_range_is_not_found(client, spec):
    assert client.get(f"/changes/{spec}", {"read": "no.json"}).status_code == 404
    assert client.get(f"/changes/{spec}", {"read": ""}).status_code == 404
    assert client.get(URL).status_code == 405


def test_the_second_of_two_quick_clicks_decides_nothing(client, spec):
    page = page_of(client, spec).context["page"]

    answer = client.post(
        URL, dict(page.bar.fields) | {"verdict": "approve", "here": page.bar.url, "shown": double_clicks.now()}
    )

    assert answer["Location"] == page.bar.url
    assert not Decision.objects.exists()


def test_what_several_tests_share_is_read_once(client, write, commit):
    tests = [f"tests/test_sky.py::test_moons[{name}]" for name in ("a", "b")]
    for at, test in enumerate(tests):
        write(f"{at}1", "Saturn.", test=test)
        write(f"{at}2", "Saturn.", "Titan.", test=test)
    base = commit("before")
    for at, test in enumerate(tests):
        write(f"{at}1", "It is Saturn.", test=test)
        write(f"{at}2", "Saturn.", "It is Titan.", test=test)
    spec = f"{base}..{commit('after')}"

    page = page_of(client, spec, tests[0]).context["page"]
    assert [len(call.others) for call in page.calls] == [1, 1]
    assert (page.bar.count, page.bar.queue.total) == (4, 1)
    client.post(URL, dict(page.bar.fields) | {"verdict": "approve"})
    assert set(verdicts(spec).values()) == {"approved"}


def answered(write, commit, parameters, **asked):
    """A range in which tests of one function, asked alike unless `asked` says otherwise, each have another answer."""
    commits = []
    for before in (True, False):
        for at, name in enumerate(parameters):
            said = f"Saturn, says {name}." if before else f"It is Saturn, says {name}."
            write(f"{at}", said, asked=asked.get(name, "Which planet?"), test=f"tests/test_sky.py::test_moons[{name}]")
        commits.append(commit(f"before: {before}"))
    return "..".join(commits)


def test_tests_of_one_function_that_were_asked_alike_are_read_after_each_other(client, write, commit):
    spec = answered(write, commit, ["a", "b"])

    landing = client.get(f"/changes/{spec}").context["page"]
    answer = page_of(client, spec, "tests/test_sky.py::test_moons[b]")
    page, html = answer.context["page"], answer.content.decode()

    assert (landing.numbers.items, landing.numbers.items_by_call) == (1, 2)
    assert [call.begins for call in page.calls] == ["[a]", "[b]"]
    assert (page.others, page.is_alike, page.is_asked_alike, page.turns) == (1, False, True, ())
    assert all(f"says {name}." in re.sub(r"<[^>]+>", "", html) for name in "ab")
    assert "with the same requests" in html
    assert page.asked == "Which planet?"
    client.post(URL, dict(page.bar.fields) | {"verdict": "approve"})
    assert verdicts(spec) == {"0.json": "approved", "1.json": "approved"}
    assert {one.rule for one in Decision.objects.all()} == {"a test read as a whole"}


CHIP = re.compile(r"<(?:li|span)>(?:([^<]*) )?<b><bdi>([^<]+)</bdi></b></(?:li|span)>")


def test_each_test_of_several_has_the_parameters_that_tell_it_from_the_others(client, write, commit):
    spec = answered(write, commit, ["openai_client-txt=acme/small-1", "other_client-txt=acme/small-1"])

    answer = page_of(client, spec, "tests/test_sky.py::test_moons[other_client-txt=acme/small-1]")

    told = [[(one.name, one.value) for one in call.with_parameters] for call in answer.context["page"].calls]
    assert told == [[("client", "openai_client")], [("client", "other_client")]]
    assert CHIP.findall(answer.content.decode()) == [("client", "openai_client"), ("client", "other_client")]


def test_the_parameters_of_one_test_stand_apart_on_its_page_and_that_of_its_changes(client, write, commit):
    test = "tests/test_sky.py::test_moons[openai_client-txt=acme/small-1]"
    write("a", "Saturn.", test=test)
    write("b", "Saturn.", "Titan.", test=test)
    base = commit("before")
    write("a", "It is Saturn.", test=test)
    write("b", "Saturn.", "It is Titan.", test=test)
    spec = f"{base}..{commit('after')}"
    every = [("client", "openai_client"), ("provider", "acme"), ("model", "small-1")]

    assert CHIP.findall(page_of(client, spec, test).content.decode()) == every
    path = report_of(spec).found.changes[0].side.path
    assert CHIP.findall(client.get(f"/changes/{spec}", {"change": path}).content.decode()) == every


def test_the_left_column_names_the_question_where_nothing_else_of_the_function_stands_there(client, spec):
    rows = page_of(client, spec).context["page"].beside.rows

    assert [(row.test, row.asked) for row in rows] == [("else", "Else?"), ("moons", "Which planet?")]


@pytest.mark.slow
def test_tests_of_one_function_that_were_asked_something_else_each_have_their_question(client, write, commit):
    spec = answered(write, commit, ["a", "c", "b"], c="Which moon?")

    landing = client.get(f"/changes/{spec}").context["page"]
    answer = page_of(client, spec, "tests/test_sky.py::test_moons[c]")
    page, html = answer.context["page"], answer.content.decode()

    assert (landing.numbers.items, landing.numbers.items_by_call, landing.tests[0].others) == (1, 3, 2)
    assert [call.begins for call in page.calls] == ["[a]", "[b]", "[c]"]
    assert (page.is_asked_alike, page.asked) == (False, "")
    assert "3 tests, 2 questions" in html
    assert [line.count("Which") for line in html.split("one-test-call")[1:4]] == [1, 0, 1]
    assert [call.asked_in for call in page.calls] == [0, 1, 0]
    assert 'asked</span> <a href="#call-1">as in call 1</a>' in html
    assert "3 questions" not in html
    client.post(URL, dict(page.bar.fields) | {"verdict": "approve"})
    assert set(verdicts(spec).values()) == {"approved"}


def test_files_of_one_folder_of_which_no_test_is_known_are_read_after_each_other(client, write, commit):
    write("0", "Mars.", asked="Before?", test=None)
    base = commit("before")
    for name, question in (("a", "Which planet?"), ("b", "Which moon?")):
        write(name, f"It is {name}.", asked=question, test=None)
    spec = f"{base}..{commit('after')}"

    landing = client.get(f"/changes/{spec}").context["page"]
    answer = client.get(landing.tests[0].url)
    page = answer.context["page"]

    assert (landing.numbers.items, landing.numbers.items_by_call, landing.tests[0].others) == (1, 2, 1)
    assert [call.begins for call in page.calls] == ["a.json", "b.json"]
    assert "one-test-begins" not in answer.content.decode()  # the line of each call names its file
    assert "1 of 1 · 2 files of tests/recordings/ · " in answer.content.decode()
    told = [answer.content.decode().index(words) for words in ("Which planet?", "It is a.", "Which moon?", "It is b.")]
    assert told == sorted(told)


@pytest.mark.slow
def test_one_of_tests_that_were_asked_alike_can_be_decided_on_alone(client, write, commit):
    spec = answered(write, commit, ["a", "b"])
    call = page_of(client, spec, "tests/test_sky.py::test_moons[a]").context["page"].calls[1]

    decide(client, spec, "reject", test="tests/test_sky.py::test_moons[a]", item=call.item, note="no")

    assert verdicts(spec) == {"0.json": "", "1.json": "rejected"}


def test_words_are_no_markup(client, write, commit):
    write("a", "<b>old</b>", test="tests/test_x.py::test_<i>")
    write("b", "<b>old</b>", "More", test="tests/test_x.py::test_<i>")
    base = commit("before")
    write("a", "<script>new</script>", test="tests/test_x.py::test_<i>")
    write("b", "<script>new</script>", "More", test="tests/test_x.py::test_<i>")

    html = page_of(client, f"{base}..{commit('after')}", "tests/test_x.py::test_<i>").content.decode()

    assert "<script>new" not in html
    assert "test_<i>" not in html


CASSETTE = Path(__file__).parents[2] / "recorders/cases/ruby-vcr/planets_are_named.yml"


def test_the_calls_of_a_file_without_a_test_are_read_together_as_they_stand_in_it(client, root, commit, db):
    file = root / "spec/fixtures/vcr_cassettes/planets_are_named.yml"
    file.parent.mkdir(parents=True)
    text = CASSETTE.read_text()
    file.write_text(text)
    base = commit("before")
    file.write_text(text.replace('"C."', '"Many."').replace('"Saturn."', '"Jupiter."'))
    spec = f"{base}..{commit('after')}"

    landing = client.get(f"/changes/{spec}").context["page"]
    row = landing.tests[0]
    answer = client.get(row.url)
    page = answer.context["page"]

    assert (landing.numbers.items, landing.numbers.items_by_call) == (1, 2)
    assert (row.test, row.name, row.file) == (None, file.name, "spec/fixtures/vcr_cassettes/planets_are_named.yml")
    assert [call.change.side.index for call in page.calls] == [0, 2]
    assert [call.look.title for call in page.calls] == ["other words", "other words"]
    assert (page.test, page.file) == (None, row.file)
    assert "To decide in this file" in answer.content.decode()
    assert client.post(URL, dict(page.bar.fields) | {"verdict": "approve"}).status_code == 303
    assert {one.verdict for one in report_of(spec).found.changes} == {"approved"}


@pytest.fixture
def replaced(write, commit, root, monkeypatch):
    """A range in which a recording of a test went, and one of the same turn came that is no pair with it."""
    monkeypatch.setattr(overview.pairs, "pair", lambda *sides: Pairing((), {}))
    write("a", "Saturn has rings of ice.")
    base = commit("before")
    (root / "tests/recordings/a.json").unlink()
    write("b", "Saturn it is.")
    return f"{base}..{commit('after')}"


def test_what_came_is_read_beside_what_answered_its_turn_before(client, replaced):
    answer = page_of(client, replaced)
    page, html = answer.context["page"], answer.content.decode()

    assert [(call.change.new is None, call.beside, bool(call.parts)) for call in page.calls] == [
        (False, 2, True),
        (True, 1, False),
    ]
    assert "has rings of ice" in html
    assert 'told beside <a href="#call-1">call 1</a>, which answers its turn now' in html
    decide(client, replaced)
    assert set(verdicts(replaced).values()) == {"approved"}


def test_neither_can_be_decided_on_where_what_came_cannot_be_shown(client, replaced, monkeypatch):
    monkeypatch.setattr(read_calls, "LONGEST", 20)

    change = report_of(replaced).found.changes[0]
    answer = client.get(f"/changes/{replaced}", {"read": change.side.path})

    assert answer.status_code == 302
    assert "change=" in answer["Location"]
    item = item_of(change.side.path, change.side.blob, change.own_subject)
    fields = {"range": replaced, "read": change.side.path, "verdict": "approve", "item": item}
    assert client.post(URL, fields).status_code == 422
