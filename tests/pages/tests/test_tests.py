"""The page of one test: each piece once, with the recordings it came from, and what decides on them."""

import json
import re
from html import unescape
from urllib.parse import quote

import pytest

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.pages.site.chosen import choice_in
from recviewer.pages.tests import loading, siblings
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.review.models import AuditEvent, Standing, State

TEST = "tests/test_cats.py::test_look[openai_client-txt=acme/gpt-4o]"
QUESTION = {"role": "user", "content": "What is it?"}


def calling(id):
    function = {"name": "look", "arguments": '{"at": "cat"}'}
    return {"role": "assistant", "content": "", "tool_calls": [{"id": id, "type": "function", "function": function}]}


def result(id, text):
    return {"role": "tool", "tool_call_id": id, "content": text}


@pytest.fixture
def put(root, chat, db):
    """A function that writes recordings of a test, by name: (messages, answer); a dict is a message that calls."""

    def make(test=TEST, **calls):
        for name, (messages, answer) in calls.items():
            document = chat(answered=answer if isinstance(answer, str) else "", test=test, id=name)
            document["request"]["body"]["messages"] = messages
            if isinstance(answer, dict):
                choice = document["response"]["body"]["__data__"]["choices"][0]
                choice |= {"message": answer, "finish_reason": "tool_calls"}
            place = root / "tests/recordings" / f"{name}.json"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(json.dumps(document).encode())
        indexer.refresh(processes=1)

    loading._kept.clear()
    return make


@pytest.fixture
def looked(put):
    """A test of two calls: a question, a tool call, its result, an answer."""
    put(
        first=([QUESTION], calling("c1")),
        second=([QUESTION, calling("c1"), result("c1", "a small cat")], "It is a cat."),
    )


def text_of(response):
    return unescape(response.content.decode())


def test_each_piece_stands_once(client, looked):
    page = text_of(client.get(url_of_test(TEST)))
    main = page[page.index('<main class="main test-main"') : page.index("</main>")]
    for piece in ("What is it?", "a small cat", "It is a cat.", "<b><bdi>look</bdi></b>("):
        assert main.count(piece) == 1, piece
    assert "2 calls." in main
    assert "4 messages were sent; each stands here once." in main
    assert 'href="/r/tests/recordings/first.json"' in main
    assert 'id="t3"' in main


def test_the_parameters_stand_apart(client, looked):
    page = client.get(url_of_test(TEST)).context["page"]
    assert [(one.name, one.value) for one in page.parameters] == [
        ("client", "openai_client"),
        ("provider", "acme"),
        ("model", "gpt-4o"),
    ]


def test_what_is_undecided_and_shown_is_approved_as_one_act(client, looked):
    bar = client.get(url_of_test(TEST)).context["page"].bar
    assert (bar.count, bar.decided, bar.hidden) == (2, 0, ())

    client.post("/do/decide", {"item": bar.items, "verdict": "approve", "next": bar.here})

    assert AuditEvent.objects.get().count == 2
    after = client.get(bar.here)
    assert (after.context["page"].bar.count, after.context["page"].bar.decided) == (0, 2)
    assert "Undo" in text_of(after)


def test_one_call_is_decided_on_by_its_line(client, looked):
    page = text_of(client.get(url_of_test(TEST)))
    assert page.count('title="approve this recording"') == 2
    own = client.get(url_of_test(TEST)).context["page"].blocks[1].owns[0]

    answer = client.post("/do/decide", dict(own.fields) | {"verdict": "delete", "next": own.here})

    assert answer.headers["Location"] == own.here
    assert Standing.objects.get().state == State.DELETE
    assert client.get(own.here).context["page"].bar.count == 1


def test_older_generations_are_folded_and_left_out(client, put, looked):
    put(older=([QUESTION, calling("c1"), result("c1", "a cat of file-1234567")], "It was a cat."))
    make_older("older")
    page = client.get(url_of_test(TEST)).context["page"]
    assert "It was a cat." not in text_of(client.get(url_of_test(TEST)))
    assert (page.bar.count, page.bar.hidden) == (
        2,
        ("Not included: 1 recording folded, cut or beside the conversation.",),
    )

    opened = text_of(client.get(url_of_test(TEST) + "?open=older-1"))
    assert "It was a cat." in opened
    fragment = text_of(client.get(url_of_test(TEST) + "?open=older-1", headers={"HX-Request": "true"}))
    assert "It was a cat." in fragment
    assert "<html" not in fragment


def make_older(name):
    """Say of a recording what the catalog would of one that an older rule named; of the others that they are found."""
    Recording.objects.update(replay="current")
    Recording.objects.filter(path=f"tests/recordings/{name}.json").update(replay="older")


def test_an_answer_that_is_cut_is_left_out_until_it_is_open(client, put):
    put(long=([QUESTION], "word " * 8_000), short=([QUESTION], "It is a cat."))
    page = client.get(url_of_test(TEST)).context["page"]
    assert [row.split("%2F")[-1] for row in choice_in(page.bar.items).split()] == ["short.json"]
    (rest,) = [said.words.rest for block in page.blocks for said in getattr(block, "said", ()) if said.words.rest]
    assert client.get(url_of_test(TEST) + rest.query).context["page"].bar.count == 2


def test_what_changed_on_disk_is_left_out(client, looked, root):
    place = root / "tests/recordings/second.json"
    place.write_bytes(place.read_bytes().replace(b"a cat.", b"a dog."))
    page = client.get(url_of_test(TEST)).context["page"]
    assert page.bar.count == 1
    assert "changed on disk" in " ".join(page.bar.hidden)
    assert "first.json" in choice_in(page.bar.items)


def test_what_is_no_conversation_stands_beside_it(client, chat, looked, root):
    model = {"id": "m-1", "created": 0, "object": "model", "owned_by": "x"}
    models = chat(test=TEST)
    models["request"] |= {"url": "https://a.example/v1/models", "endpoint": "/v1/models", "body": {}, "model": ""}
    models["response"]["body"] = [{"__type__": "openai.types.model.Model", "__data__": model}]
    (root / "tests/recordings/models.json").write_bytes(json.dumps(models).encode())
    indexer.refresh(processes=1)
    page = client.get(url_of_test(TEST))
    assert page.context["page"].beside_count == 1
    assert page.context["page"].bar.count == 2
    assert "Beside the conversation" in text_of(page)
    assert "models.json" in text_of(client.get(url_of_test(TEST) + "?open=rest-models"))


def test_checks_of_a_growing_text_are_one_row(client, put, looked):
    frame = "Say whether this is safe, and nothing else. " * 4
    words = ["It", "is", "a", "cat."]
    put(**{f"check{at}": ([{"role": "user", "content": frame + " ".join(words[: at + 1])}], "safe") for at in range(4)})
    page = text_of(client.get(url_of_test(TEST)))
    assert "<b>4 checks</b> of this text as it grew" in page
    assert client.get(url_of_test(TEST)).context["page"].bar.count == 2
    outline = client.get(url_of_test(TEST)).context["page"].outline
    assert ("checks-1", "4 checks", "safe") in [(one.anchor, one.role, one.words) for one in outline]
    opened = text_of(client.get(url_of_test(TEST) + "?open=checks-1"))
    assert "Approve these 4" in opened


def guarded(put, answer, ends):
    """Put an answer, and checks of its beginnings: the last of them says that it is unsafe."""
    frame = "Say whether this is safe, and nothing else. " * 4
    put(first=([QUESTION], answer))
    for at, end in enumerate(ends):
        said = "unsafe S1" if end == ends[-1] else "safe"
        put(**{f"check{at}": ([{"role": "user", "content": frame + answer[:end]}], said)})


def test_what_a_guard_never_read_of_an_answer_is_said(client, put):
    guarded(put, "It is a cat with grey fur, and it sits on the mat of the house next door.", (0, 11, 25, 49))

    page = text_of(client.get(url_of_test(TEST)))

    assert "Checks end with “unsafe S1” at “…" in page
    assert "and it sits on the mat”; 24 characters left unchecked." in page


def test_what_a_guard_read_to_its_end_is_not_called_unchecked(client, put):
    answer = "It is a cat with grey fur, and it sits on the mat of the house next door."
    guarded(put, answer, (0, 11, 25, len(answer)))

    page = text_of(client.get(url_of_test(TEST)))

    assert "<b>4 checks</b> of this text as it grew" in page
    assert "unchecked" not in page


def test_a_test_ends_with_an_answer_of_its_model_and_not_with_what_another_says_of_it(client, put, looked):
    other = TEST.replace("acme", "beta")
    put(other, third=([QUESTION], "It is a dog."))
    put(other, fourth=([QUESTION, calling("c9"), result("c9", "It is a dog. Is that safe?")], "safe"))
    Recording.objects.exclude(path__contains="fourth").update(model="gpt-4o")
    Recording.objects.filter(path__contains="fourth").update(model="guard-1")

    siblings = client.get(url_of_test(TEST)).context["page"].siblings

    assert [one.ends for one in siblings.rows] == ["It is a cat.", "It is a dog."]


def test_tests_of_the_same_function_stand_in_one_table(client, put, looked):
    other = TEST.replace("acme", "beta")
    put(other, third=([QUESTION], "It is a cat."))
    siblings = client.get(url_of_test(TEST)).context["page"].siblings
    assert [(one.is_here, one.count, [each.value for each in one.parameters]) for one in siblings.rows] == [
        (True, 2, ["acme"]),
        (False, 1, ["beta"]),
    ]
    assert (siblings.count, siblings.calls, siblings.alike, siblings.compared) == (2, 3, 2, 2)
    assert "The same last answer in 2 of 2" in text_of(client.get(url_of_test(other)))


def test_of_very_many_tests_of_a_function_only_those_around_are_read(client, put, looked, monkeypatch):
    for name in ("b1", "b2", "b3", "b4", "c1"):
        put(TEST.replace("acme", name), **{name: ([QUESTION], f"It is {name}.")})
    monkeypatch.setattr(siblings, "MOST", 3)
    monkeypatch.setattr(siblings, "READ", 2)
    read, all_of = [], siblings._of_keys
    monkeypatch.setattr(siblings, "_of_keys", lambda keys: read.extend(keys) or all_of(keys))

    found = client.get(url_of_test(TEST.replace("acme", "b3"))).context["page"].siblings

    assert [one.ends for one in found.rows] == ["It is b2.", "It is b3.", "It is b4."]
    assert (found.count, found.calls, found.compared, len(read)) == (6, 7, 0, 3)


def test_the_source_stands_beside_it_at_its_line(client, put, commit, root, looked):
    (root / "tests/test_cats.py").write_text(
        "import cats\n\n\n@marked(\n    1)\ndef test_look(client):\n    assert cats\n\n\nx = 1\n"
    )
    commit("Begin")
    page = client.get(url_of_test(TEST)).context["page"]
    assert (page.source.line, page.source.first) == (6, 4)
    assert page.source.text == "@marked(\n    1)\ndef test_look(client):\n    assert cats"
    assert ">6</a>" in text_of(client.get(url_of_test(TEST)))


@pytest.mark.parametrize(
    "id",
    [
        "a/../b.py::test_x",
        "./x.py::test[a/b]",
        "line\nend.py::test[é%2F?#]",
        "x" * 900,
        "t.py::test_x.json",
        "nul\0here",
        "sha256:" + "0" * 64,
        "half \ud800",
        " ",
        "<b>&amp;\u202e",
    ],
)
def test_any_id_has_a_page(client, put, id):
    put(id, first=([QUESTION], "It is a cat."))
    id = Recording.objects.get().test_id  # NUL and halves of characters are named there
    answer = client.get(url_of_test(id))
    assert answer.status_code == 200
    assert "It is a cat." in text_of(answer)
    assert "<b>&amp;" not in answer.content.decode().replace("&lt;b", "")
    assert json.loads(client.get(url_of_test(id) + ".json").content)["recordings"] == 1


def test_a_test_that_is_not_there_is_not_found(client, looked):
    assert client.get("/tests/" + quote("no.py::test")).status_code == 404
    assert client.get("/tests/no.py::test.json").status_code == 404
    assert client.get("/tests/sha256:" + "0" * 64).status_code == 404


def test_the_json_form_tells_the_same(client, looked):
    told = json.loads(client.get(url_of_test(TEST) + ".json").content)
    (branch,) = told["conversations"][0]["branches"]
    assert [(turn["number"], turn["role"]) for turn in branch["turns"]] == [
        (1, "user"),
        (2, "answer"),
        (3, "tool"),
        (4, "answer"),
    ]
    assert branch["turns"][1]["sent_back"] == "as_recorded"
    assert branch["turns"][3]["recordings"][0]["path"] == "tests/recordings/second.json"
    assert told["recordings"] == 2


@pytest.mark.slow
def test_the_page_of_a_long_test_stays_small(client, put):
    calls = {f"c{at}": ([{"role": "user", "content": f"{at} " + "word " * 3_000}], "answer " * 900) for at in range(90)}
    put(**calls)
    answer = client.get(url_of_test(TEST))
    assert len(answer.content) < 1_000_000
    page = answer.context["page"]
    assert page.more is not None
    assert page.bar.calls < 90
    assert "Not included" in " ".join(page.bar.hidden)
    rest = client.get(url_of_test(TEST) + page.more.query, headers={"HX-Request": "true"})
    assert len(rest.content) < 1_000_000


def test_a_test_of_too_many_recordings_says_which_were_not_read(client, looked, monkeypatch):
    monkeypatch.setattr(loading, "MOST", 1)
    answer = client.get(url_of_test(TEST))
    assert [row.path for row in answer.context["page"].left] == ["tests/recordings/second.json"]
    assert "Not read here" in text_of(answer)
    assert json.loads(client.get(url_of_test(TEST) + ".json").content)["not_read"] == ["tests/recordings/second.json"]


def test_a_recording_leads_to_its_test(client, looked):
    assert f'href="{url_of_test(TEST)}"' in client.get("/r/tests/recordings/first.json").content.decode()


LOOKS = """
def test_look(client):
    first = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "What is it?"}])
    assert first.choices[0].message.tool_calls[0].function.name == "look"
    answer = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "What is it?"}])
    text = answer.choices[0].message.content
    assert "cat" in text.lower()
    assert "small" in text or "tiny" in text
"""


ASKS = """
def test_look(client):
    r = client.chat.completions.create(messages=[{{"role": "user", "content": "What is it?"}}])
    {}
"""


def expected_in(html, start, end="</section>"):
    """Return (words, state) of the lines of what is looked for, in a part of a page."""
    part = html.partition(start)[2].partition(end)[0]
    lines = re.findall(
        r'expected-words">(.*?)</span>\s*<span class="expected-state [a-z]+">(.*?)</span>', part, re.DOTALL
    )
    return [(" ".join(unescape(re.sub(r"<[^>]+>", "", words)).split()), state) for words, state in lines]


@pytest.fixture
def written(root, commit):
    def write(source):
        (root / "tests/test_cats.py").write_text(source)
        commit("Begin")

    return write


def test_what_the_test_looks_for_stands_beside_its_answers(client, looked, written):
    written(LOOKS)
    html = client.get(url_of_test(TEST)).content.decode()

    assert expected_in(html, 'id="t2"') == [("a call of look", "there")]
    assert ("cat", "there") in expected_in(html, 'id="t4"')
    assert expected_in(html, 'id="looked-for"') == [("small or tiny", "in no answer here")]
    assert "test_cats.py, line 4" in html


def test_what_an_answer_surely_lacks_is_said_beside_it(client, put, written):
    put(first=([QUESTION], "It is a dog."))
    written(ASKS.format('assert "cat" in r.choices[0].message.content'))
    html = client.get(url_of_test(TEST)).content.decode()

    assert expected_in(html, 'id="t2"') == [("cat", "not there")]
    assert expected_in(html, 'id="looked-for"') == [("cat", "in no answer here")]


@pytest.mark.parametrize("is_alone", [True, False])
def test_where_the_question_is_not_spelled_out_only_one_answer_can_be_meant(client, put, written, is_alone):
    put(first=([QUESTION], "It is a cat."))
    if not is_alone:
        put(second=([("user", "And else?")], "Another cat."))
    source = ASKS.replace('"What is it?"', "asked()")
    written(source.format('assert "cat" in r.choices[0].message.content'))
    html = client.get(url_of_test(TEST)).content.decode()

    said = "there" if is_alone else "there; the test may mean another answer"
    assert expected_in(html, 'id="t2"') == [("cat", said)]


def test_where_no_source_is_at_hand_nothing_is_said_of_it(client, looked):
    assert client.get(url_of_test(TEST)).context["page"].looked_for is None


def test_test_that_looks_for_nothing_says_so(client, looked, written):
    written("def test_look(client):\n    pass\n")

    assert "nothing in its answers that can be read from its source" in client.get(url_of_test(TEST)).content.decode()


def test_errors_that_a_test_expects_are_named(client, looked, written):
    written("def test_look(client):\n    with pytest.raises(ValueError):\n        client.chat.completions.create()\n")

    assert client.get(url_of_test(TEST)).context["page"].looked_for.errors == ("ValueError",)


def test_hostile_source_costs_no_page(client, looked, written):
    written(ASKS.format("assert '<script>alert(1)</script>' in r.choices[0]." + "x." * 5_000 + "content"))
    assert "<script>alert" not in client.get(url_of_test(TEST)).content.decode()
    written("def test_look(:\n")
    assert client.get(url_of_test(TEST)).status_code == 200
