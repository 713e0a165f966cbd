import json
import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from recviewer.difference.compare import compare
from recviewer.difference.model import SectionKind
from recviewer.formats.reading import read
from recviewer.pages.difference.difference import ShownSide, fragment_of, page_of
from tests.case_files import FILES, FOLDERS

OLD_NAME, NEW_NAME = f"recordings/{'a' * 64}.json", f"recordings/{'b' * 64}.json"


@pytest.fixture(autouse=True)
def plain_files(settings):
    """Static files without a manifest, which only a collected tree has."""
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}


def page(before, after, query="", *, names=(OLD_NAME, NEW_NAME)):
    """The page of two recordings, given as bytes, None for one that is not there."""
    exchanges = [None if data is None else read(data).exchange for data in (before, after)]
    sides = [ShownSide(title, name, "") for title, name in zip(("old", "new"), names, strict=True)]
    request = RequestFactory().get(f"/difference/{query}")
    return page_of(request, "asked", *sides, compare(*exchanges), before=before, after=after)


def html_of(made):
    return render_to_string("difference/_main.html", {"page": made})


def data(document):
    return json.dumps(document, indent=2).encode()


@pytest.fixture
def pair(chat):
    """Return a function that makes the bytes of two chats. edits: functions that change the second document."""

    def make(*edits, **words):
        old, new = chat(**words), chat(**words)
        for edit in edits:
            edit(new)
        return data(old), data(new)

    return make


def body(document):
    return document["request"]["body"]


@pytest.mark.slow
@given(
    st.sampled_from(FILES),
    st.sampled_from(FILES),
    st.sampled_from(["", "?mode=side", "?all=1", "?view=raw", "?open=same"]),
)
@limits(
    max_examples=60,
    deadline=None,
)
def test_any_two_recordings_make_a_page(old, new, query):
    html = html_of(page(old.read_bytes(), new.read_bytes(), query))

    assert "INVALID-VARIABLE" not in html
    assert len(html) < 400_000


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_recording_against_itself_says_that_nothing_differs(folder):
    for path in FOLDERS[folder]:
        same = page(path.read_bytes(), path.read_bytes(), names=(OLD_NAME, OLD_NAME))

        assert (same.parts, same.request, same.ignored) == ((), None, ()), path.name
        assert "Nothing that counts differs" in html_of(same), path.name


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_recording_that_stands_alone_is_shown_in_full(folder):
    for path in FOLDERS[folder]:
        recording = path.read_bytes()
        new, gone = html_of(page(None, recording)), html_of(page(recording, None))

        assert "INVALID-VARIABLE" not in new + gone, path.name
        for output in read(recording).exchange.outputs:
            first = output.content.strip()[:20]
            if first.isalnum():
                assert first in new, path.name
                assert first in gone, path.name


def test_what_is_the_same_is_listed_only_if_it_is_there(pair):
    def other_words(new):
        body(new)["messages"][0]["content"] = "Which planet has rings?"

    made = page(*pair(other_words))

    assert made.same_words == "answer, finish, 1 parameter"
    assert "refusal" not in made.same_words


def test_what_is_the_same_can_be_opened(pair):
    before, after = pair(lambda new: new.update(test_id="t::other"), answered="A long answer that stayed.")
    opened = page(before, after, "?open=same")

    assert "A long answer that stayed." in html_of(opened)
    assert "show it" not in html_of(opened)


def test_each_field_says_whether_it_moves_the_hash(pair):
    def edit(new):
        body(new)["model"] = new["request"]["model"] = "gpt-4o-mini"
        new["request"]["url"] = "https://other.example.com/v2/chat/completions"

    made = page(*pair(edit))

    assert made.request.head.words == "2 fields move the hash"
    assert (made.request.head.old, made.request.head.new) == ("a" * 12, "b" * 12)
    assert [field.path for field in made.request.body.fields] == ["model"]
    assert [field.path for field in made.request.around.fields] == ["url path"]
    assert [(group.why, [field.path for field in group.fields]) for group in made.request.quiet] == [
        ("not hashed", ["url host"])
    ]


def test_a_turn_is_shown_as_words_and_not_again_as_a_field(pair):
    def edit(new):
        body(new)["messages"][0]["content"] = "Which planet do robots live on?"

    made = page(*pair(edit))

    assert made.request.body.fields == ()
    (item,) = made.request.items
    assert item.label == "messages[0] user"
    assert [piece.text for piece in item.text.pieces if piece.op != "same"] == ["humans", "robots"]
    assert html_of(made).count("robots") == 1


def test_what_no_turn_says_is_a_field(pair):
    def edit(new):
        body(new)["messages"][0] |= {
            "content": "Which planet do robots live on?",
            "cache_control": {"type": "ephemeral"},
        }

    made = page(*pair(edit))

    assert [field.path for field in made.request.body.fields] == ["messages[0].cache_control"]
    assert len(made.request.items) == 1


def test_what_a_new_turn_does_not_say_is_a_field_too(pair):
    def edit(new):
        body(new)["messages"].append({"role": "user", "content": "And Mars?", "weight": 7})

    made = page(*pair(edit))

    assert [field.path for field in made.request.body.fields] == ["messages[1].weight"]
    assert [item.label for item in made.request.items] == ["messages[1] user"]


def test_an_id_and_what_refers_to_it_are_one_row(pair):
    def called(document, name):
        call = {"id": name, "type": "function", "function": {"name": "f", "arguments": "{}"}}
        body(document)["messages"] += [
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": name, "content": "Earth"},
        ]

    before, after = pair()
    old, new = json.loads(before), json.loads(after)
    called(old, "call-000001")
    called(new, "call-000002")

    made = page(data(old), data(new))

    assert [field.path for field in made.request.body.fields] == ["id in messages[1], messages[2]"]


def test_a_request_that_did_not_change_says_nothing(pair):
    def edit(new):
        new["response"]["body"]["__data__"]["choices"][0]["message"]["content"] = "Mars."

    assert page(*pair(edit), names=(OLD_NAME, OLD_NAME)).request is None


def test_names_that_moved_without_a_field_are_told(pair):
    made = page(*pair())

    assert made.request.head.words.startswith("the name moved, though no field that is hashed did")


def test_names_that_stayed_though_a_field_moved_are_told(pair):
    made = page(*pair(lambda new: body(new).update(model="m-2")), names=(OLD_NAME, OLD_NAME))

    assert "but the file kept its name" in made.request.head.words


def test_usage_and_what_chunks_carry_are_ignored_with_numbers(chat):
    def streamed(chunks, total):
        document = chat()
        texts = ["Ea", "rth", "."][:chunks] if chunks < 3 else ["Ea", "rth", "."]
        texts[-1] = "Earth."[len("".join(texts[:-1])) :]
        deltas = [{"index": 0, "delta": {"content": text}, "finish_reason": None} for text in texts]
        data_of = [{"id": f"rec-{total}", "choices": [delta], "object": "chat.completion.chunk"} for delta in deltas]
        data_of.append({"id": f"rec-{total}", "choices": [], "usage": {"total_tokens": total}})
        kind = "openai.types.chat.chat_completion_chunk.ChatCompletionChunk"
        document["response"] = {"body": [{"__type__": kind, "__data__": one} for one in data_of], "is_streaming": True}
        return data(document)

    made = page(streamed(3, 349), streamed(2, 336), names=(OLD_NAME, OLD_NAME))

    assert made.ignored_words == "chunk boundaries 4 → 3 · usage 349 → 336 tokens · id ×4"
    assert [(one.title, one.strip.chunks) for one in made.strips] == [("old", 4), ("new", 3)]


def test_what_differs_beside_request_and_reply_is_a_detail(pair):
    def edit(new):
        new["recorded_by"] = ["someone", "else"]
        new["response"]["took"] = 7

    made = page(*pair(edit), names=(OLD_NAME, OLD_NAME))

    html = html_of(made)
    assert [part.id for part in made.parts] == ["details"]
    assert "recorded_by" in html
    assert "response.<wbr>took" in html
    assert made.ignored_words == ""


def test_arguments_of_a_call_are_compared_as_json_and_can_be_read_whole(pair):
    def called(document, arguments):
        call = {"id": "c", "type": "function", "function": {"name": "get_weather", "arguments": arguments}}
        document["response"]["body"]["__data__"]["choices"][0]["message"]["tool_calls"] = [call]
        return data(document)

    before, _ = pair()
    made = page(
        called(json.loads(before), '{"city": "Paris", "days": 2}'),
        called(json.loads(before), '{"days":3,"city":"Paris"}'),
    )

    (part,) = [part for part in made.parts if part.id == "tool-calls"]
    assert [change.path for change in part.items[0].changes] == ["arguments.days"]
    assert part.subs == ()
    assert [fold.title for fold in part.folds] == ["old: 1 whole call", "new: 1 whole call"]


def answers(chat, old, new):
    return data(chat(answered=old)), data(chat(answered=new))


def test_one_changed_sign_is_spelled_out(chat):
    made = page(*answers(chat, "It is **–100 °C**.", "It is **-100 °C**."))

    assert made.parts[0].subs == ("signs",)
    assert made.parts[0].items[0].spelled == ("one character: – U+2013 en dash → - U+002D hyphen-minus",)


def test_changed_white_space_is_visible(chat):
    html = html_of(page(*answers(chat, "one  two\tthree", "one two three")))

    assert '<del><span class="mark">··</span></del>' in html
    assert '<del><span class="mark">⇥</span></del>' in html


def test_reasoning_that_went_says_how_much_it_was(chat):
    old = chat()
    old["response"]["body"]["__data__"]["choices"][0]["message"]["reasoning"] = "Let me think about this planet."
    made = page(data(old), data(chat()))

    (part,) = made.parts
    assert (part.title, part.subs, part.items[0].notes) == ("reasoning", ("gone",), ("now empty",))


@pytest.mark.slow
@pytest.mark.parametrize("query", ["", "?mode=side"])
def test_texts_of_a_megabyte_make_a_small_page_with_all_words_in_reach(chat, query):
    before, after = answers(chat, "old words & more\n" * 60_000, "new words, other ones\n" * 50_000)
    made = page(before, after, query)

    assert len(html_of(made)) < 300_000
    rest = next(fold for name, fold in made.folds.found.items() if name.startswith("answer-0."))
    request = RequestFactory().get(f"/difference/{rest.query}", HTTP_HX_REQUEST="true")
    request.htmx = type("Htmx", (), {"boosted": False, "history_restore_request": False})()
    fragment = fragment_of(request, page(before, after, rest.query))
    assert "old words &amp; more" in fragment.content.decode()


def test_all_of_a_text_is_shown_on_request(chat):
    long = "This sentence is the same on both sides. " * 50
    folded, whole = (html_of(page(*answers(chat, f"a {long}", f"b {long}"), query)) for query in ("", "?all=1"))

    assert "gap-same" in folded
    assert "gap-same" not in whole
    assert whole.count("This sentence") == 50


def test_the_other_ways_keep_what_the_address_says(chat):
    made = page(*answers(chat, "a", "b"), "?change=x.json&mode=side&open=answer-0.1-2")

    assert made.mode.url == "?change=x.json"
    assert made.view.url == "?change=x.json&mode=side&view=raw"
    assert made.is_side_by_side


def test_raw_lines_are_one_key_away(chat):
    html = html_of(page(*answers(chat, "Mars.", "Venus."), "?view=raw"))

    assert re.search(r'<code class="gone">[^<]*content[^<]*<b>Mars</b>', html)
    assert re.search(r'<code class="new">[^<]*content[^<]*<b>Venus</b>', html)
    assert 'data-key="v"' in html


def test_words_of_recordings_are_escaped_everywhere(chat):
    evil = "<script>alert(1)</script>"
    before, after = answers(chat, evil, f"{evil} more {evil}")
    for query in ("", "?mode=side", "?view=raw", "?all=1", "?view=raw&mode=side"):
        assert "<script>" not in html_of(page(before, after, query))


def test_without_bytes_the_sections_of_the_request_stand_by_themselves(chat):
    old, new = (read(one).exchange for one in answers(chat, "Mars.", "Venus."))
    request = RequestFactory().get("/")
    made = page_of(request, "asked", ShownSide("", "old", ""), ShownSide("", "new", ""), compare(old, new))

    assert [part.title for part in made.parts] == [SectionKind.ANSWER]
    assert made.same is None
    assert "<del>Mars.</del>" in html_of(made)


def test_nothing_is_said_of_the_request_of_a_file_that_cannot_be_read(client, make_recording):
    first = make_recording("tests/recordings/a.json")
    cut = make_recording("tests/recordings/b.json", data=b'{"request": {')

    html = client.get("/difference/", {"old": first.path, "new": cut.path}).content.decode()

    assert "the new file cannot be read" in html
    assert "test id changed" not in html
    assert 'id="request"' not in html
