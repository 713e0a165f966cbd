import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings

from recviewer.configuration.places import ASSETS
from recviewer.exchange.model import ExhibitKind, PartKind
from recviewer.pages.recording.facts import _told_apart, _usage
from tests.conftest import exchange

HTMX = {"HTTP_HX_REQUEST": "true"}
NEVER = "INVALID-VARIABLE"


def page_of(client, key, query="", **headers):
    return client.get(f"/r/{quote(key)}{query}", **headers)


def text_of(response):
    return response.content.decode()


def streamed(pieces, *, calls=(), finish="stop"):
    """Return a streamed chat recording, one chunk for each piece of text or (name, arguments) fragment."""
    made = exchange()
    deltas = [{"content": piece} for piece in pieces]
    deltas += [
        {"tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": {"name": name, "arguments": sent}}]}
        for name, sent in calls
    ]
    chunks = [
        {"id": "rec-1", "choices": [{"index": 0, "delta": delta, "finish_reason": None}], "model": "gpt-4o"}
        for delta in [{"role": "assistant"}, *deltas]
    ]
    if finish:
        chunks.append({"id": "rec-1", "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    typed = [{"__type__": "x.ChatCompletionChunk", "__data__": chunk} for chunk in chunks]
    made["response"] = {"body": typed, "is_streaming": True}
    return json.dumps(made, indent=2).encode()


def asking(messages, **body):
    made = exchange()
    made["request"]["body"] = {"model": "gpt-4o", "messages": messages, **body}
    return json.dumps(made, indent=2).encode()


@pytest.mark.slow
@pytest.mark.parametrize("view", ["rendered", "raw", "chunks"])
def test_every_case_is_shown_in_every_view(client, root, db, case_files, view):
    from recviewer.catalog import indexer
    from recviewer.catalog.models import Recording

    for file in case_files:
        place = root / "recordings" / file.parent.name / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.read_bytes())
    indexer.refresh(processes=1)

    for recording in Recording.objects.all():
        response = page_of(client, recording.path, f"?view={view}")
        assert response.status_code == 200, recording.path
        assert NEVER not in text_of(response), recording.path


def test_question_is_the_heading_and_the_answer_follows(client, make_recording):
    recording = make_recording(asked="Which planet?", answered="Earth.")

    shown = text_of(page_of(client, recording.path))

    assert re.search(r'<h1 class="question"><bdi>Which planet\?</bdi></h1>', shown)
    assert shown.index("Which planet?</bdi></h1>") < shown.index(">Earth.<")
    assert "the question above" in shown


def test_unknown_key_is_not_found(client, root, db):
    assert page_of(client, "nowhere.json").status_code == 404


def test_file_that_vanished_is_gone(client, make_recording, root):
    recording = make_recording()
    (root / recording.path).unlink()

    response = page_of(client, recording.path)

    assert response.status_code == 410
    assert "is not there any more" in text_of(response)


def test_json_behind_the_key_gives_the_contract(client, make_recording):
    recording = make_recording()

    found = page_of(client, recording.path + ".json").json()

    assert found["blob"] == recording.blob
    assert found["outputs"][0]["content"] == "Earth."


def test_blob_leads_to_the_recording(client, make_recording):
    recording = make_recording()

    response = client.get(f"/b/{recording.blob}")

    assert response.status_code == 302
    assert response.url == f"/r/{recording.path}"


def test_blob_at_two_paths_lists_both(client, make_recording):
    first = make_recording("tests/recordings/a.json")
    make_recording("tests/recordings/b.json")

    shown = text_of(client.get(f"/b/{first.blob}"))

    assert "2 recordings hold" in shown
    assert "tests/recordings/b.json" in shown


def test_markup_and_invisible_characters_are_only_shown(client, make_recording):
    nasty = "<script>alert(1)</script> \u202eevil\u202c \u200b\x00 zero"
    recording = make_recording(data=json.dumps(exchange(asked=nasty, answered=nasty)).encode())

    for view in ("rendered", "raw", "chunks"):
        shown = text_of(page_of(client, recording.path, f"?view={view}"))
        assert "<script>alert" not in shown
        assert "\u202e" not in shown
        assert "\x00" not in shown
    assert "U+202E" in text_of(page_of(client, recording.path))
    assert "U+0000" in text_of(page_of(client, recording.path))


def test_web_addresses_are_no_links_and_pictures_are_not_fetched(client, make_recording):
    image = {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}}
    recording = make_recording(
        data=asking([{"role": "user", "content": [{"type": "text", "text": "What is it?"}, image]}])
    )

    shown = text_of(page_of(client, recording.path))

    assert "https://example.com/cat.png" in shown
    assert not re.search(r'(?:href|src)="https?:', shown)


PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="


def test_picture_is_served_apart_with_its_type(client, make_recording):
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
    recording = make_recording(data=asking([{"role": "user", "content": [image]}]))

    shown = text_of(page_of(client, recording.path))
    served = page_of(client, recording.path, "?media=m1.0")

    assert '<img src="?media=m1.0"' in shown
    assert PNG not in shown
    assert served["Content-Type"] == "image/png"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served["Content-Security-Policy"]


@pytest.mark.parametrize(
    "url", ["data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=", "data:image/png;base64,PHN2Zz48L3N2Zz4="]
)
def test_what_is_no_harmless_picture_is_not_served(client, make_recording, url):
    image = {"type": "image_url", "image_url": {"url": url}}
    recording = make_recording(data=asking([{"role": "user", "content": [image]}]))

    assert "<img" not in text_of(page_of(client, recording.path))
    assert page_of(client, recording.path, "?media=m1.0").status_code == 404


def test_stream_has_a_strip_and_seams(client, make_recording):
    recording = make_recording(data=streamed(["The ", "answer", "."], calls=[("look", '{"a": 1}')]))

    shown = text_of(page_of(client, recording.path))

    assert shown.count('class="cell ') == 6
    assert '<span class="seam" data-chunk="2">The </span>' in shown
    assert "6 chunks: text 3, tool call, finish, empty" in shown
    assert "this format records no times" in shown


def test_long_stream_is_packed_and_says_so(client, make_recording):
    recording = make_recording(data=streamed(["word "] * 1000))

    shown = text_of(page_of(client, recording.path))

    assert "one cell is 5" in shown
    assert shown.count('class="cell ') <= 252
    assert "data-chunk" in shown
    assert 'class="seam"' not in shown
    assert 'class="seam"' in text_of(page_of(client, recording.path, "?seams=on"))


@pytest.mark.slow
def test_chunks_come_in_windows(client, make_recording):
    recording = make_recording(data=streamed(["word "] * 1200))

    first = text_of(page_of(client, recording.path, "?view=chunks"))
    later = text_of(page_of(client, recording.path, "?view=chunks&from=1150"))
    rows = text_of(page_of(client, recording.path, "?view=chunks&from=201&only=rows", **HTMX))

    assert first.count('<tr id="chunk-') == 200
    assert "show the next 200" in first
    assert 'id="chunk-1150"' in later
    assert rows.count('<tr id="chunk-') == 200
    assert "<html" not in rows


def test_stream_without_finish_says_so(client, make_recording):
    recording = make_recording(data=streamed(["Half an"], finish=""))

    assert "ended without finish" in text_of(page_of(client, recording.path))


@pytest.mark.parametrize(("reason", "said"), [("length", "cut off"), ("content_filter", "filtered"), ("stop", "")])
def test_a_bad_end_is_said_under_the_answer_in_the_words_of_the_list(client, make_recording, reason, said):
    recording = make_recording(data=streamed(["Half an"], finish=reason))

    page = text_of(page_of(client, recording.path))

    assert f"finish <b><bdi>{reason}</bdi></b>" in page
    assert [word for word in ("cut off", "filtered") if f"{word}</span>" in page] == [word for word in [said] if word]


def test_long_text_is_folded_with_its_size_and_can_be_opened(client, make_recording):
    lines = [f"line {number} of the log" for number in range(500)]
    messages = [{"role": "user", "content": "\n".join(lines)}, {"role": "user", "content": "Which line is odd?"}]
    recording = make_recording(data=asking(messages))

    shown = text_of(page_of(client, recording.path))
    opened = text_of(page_of(client, recording.path, "?open=m1.0-rest"))
    fragment = text_of(page_of(client, recording.path, "?open=m1.0-rest", **HTMX))

    assert "line 499 of" not in shown
    assert re.search(r"<b>the rest</b></span><span class=\"fold-size\">4\d\d lines, ", shown)
    assert "line 499 of" in opened
    assert "line 499 of" in fragment
    assert "<html" not in fragment


def test_long_conversation_is_folded_but_for_its_end(client, make_recording):
    messages = [{"role": "user", "content": f"turn {number}"} for number in range(1, 41)]
    recording = make_recording(data=asking(messages))

    shown = text_of(page_of(client, recording.path))
    fragment = text_of(page_of(client, recording.path, "?open=m2-m30", **HTMX))

    assert "29 messages" in shown
    assert 'id="m30"' not in shown
    assert 'id="m31"' in shown
    assert fragment.count('class="part ') == 29


def test_fold_inside_a_fold_can_be_opened_without_javascript(client, make_recording):
    turns = [{"role": "user", "content": "a line of words\n" * 400}] * 30
    recording = make_recording(data=asking(turns))

    outer = text_of(page_of(client, recording.path, "?open=m2-m20", **HTMX))
    link = re.search(r'href="(\?open=m2-m20&amp;open=m3\.0-rest)#', outer)

    assert link
    assert "fold-m3.0-rest" in text_of(page_of(client, recording.path, link[1].replace("&amp;", "&")))


def test_unknown_fold_is_not_found(client, make_recording):
    recording = make_recording()

    assert page_of(client, recording.path, "?open=nothing", **HTMX).status_code == 404


def test_tool_result_names_its_call(client, make_recording):
    call = {"id": "c7", "type": "function", "function": {"name": "get_time", "arguments": '{"zone": "UTC"}'}}
    messages = [
        {"role": "user", "content": "What time is it?"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c7", "content": "noon"},
    ]
    recording = make_recording(data=asking(messages))

    shown = text_of(page_of(client, recording.path))

    assert '<a class="quiet-link" href="#m2.1">' in shown
    assert 'id="m2.1"' in shown


def test_tabs_answer_htmx_with_the_middle_alone(client, make_recording):
    recording = make_recording()

    response = page_of(client, recording.path, "?view=raw", **HTMX)

    assert text_of(response).count('id="view"') == 1
    assert "<html" not in text_of(response)
    assert "HX-Request" in response["Vary"]


def test_download_is_the_bytes_as_an_attachment(client, make_recording, root):
    recording = make_recording()

    response = page_of(client, recording.path, "?download")

    assert response.content == (root / recording.path).read_bytes()
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00 not text", b'{"cut": ', b"<<<<<<< HEAD\n{}\n"])
def test_unreadable_file_opens_raw_with_its_reason(client, make_recording, data):
    recording = make_recording(data=data)

    shown = text_of(page_of(client, recording.path))

    assert 'class="unreadable state"' in shown
    assert NEVER not in shown


@pytest.mark.slow
def test_bytes_that_are_no_text_are_named(client, make_recording):
    recording = make_recording(data=b'{"a": "caf\xe9"}\n')

    assert "byte E9" in text_of(page_of(client, recording.path))


def test_megabyte_in_one_line_is_cut_and_can_be_walked(client, make_recording):
    recording = make_recording(data=json.dumps(exchange(asked="word " * 240_000)).encode())

    shown = text_of(page_of(client, recording.path, "?view=raw"))
    piece = text_of(page_of(client, recording.path, "?view=raw&line=1&from=40000"))

    assert len(shown) < 60_000
    assert "more characters" in shown
    assert "next piece" in piece


def test_numbers_are_shown_as_they_were_written(client, make_recording):
    data = asking([{"role": "user", "content": "hi"}]).replace(
        b'"model": "gpt-4o",\n      "messages"', b'"temperature": 0.10,\n      "messages"'
    )
    recording = make_recording(data=data)

    assert ">0.10</bdi>" in text_of(page_of(client, recording.path))


def test_same_test_is_listed_in_the_order_of_its_messages(client, make_recording):
    one = {"role": "user", "content": "one"}
    make_recording("tests/recordings/b.json", data=asking([one]))
    recording = make_recording("tests/recordings/a.json", data=asking([one, one, one]))

    shown = text_of(page_of(client, recording.path))

    assert "Same test, in order" in shown
    assert "call 2 of 2 in" in shown


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "would fail again: status 400 does not pass by itself"),
        (429, "status 429 is often temporary"),
        (503, "status 503 is often temporary"),
    ],
)
def test_error_says_whether_it_would_come_again(client, make_recording, status, said):
    made = exchange()
    made["response"] = {
        "body": None,
        "is_streaming": False,
        "is_exception": True,
        "exception_data": {"category": "provider_sdk", "type": "ApiError", "message": "no", "status_code": status},
        "exception_message": "no",
    }
    recording = make_recording(data=json.dumps(made).encode())

    shown = text_of(page_of(client, recording.path))

    assert f"ApiError, status {status}" in shown
    assert said in shown


def test_reply_that_no_format_knows_is_shown_as_it_is(client, make_recording):
    made = exchange()
    made["response"]["body"] = {"verdict": {"words": "walrus"}}
    recording = make_recording(data=json.dumps(made).encode())

    shown = text_of(page_of(client, recording.path))

    assert "walrus" in shown
    assert "Nothing came back" not in shown


def test_error_inside_a_reply_stands_after_what_came_before_it(client, make_recording):
    made = exchange(answered="Half an")
    made["response"]["body"]["__data__"]["error"] = {"message": "Provider died", "code": 502}
    recording = make_recording(data=json.dumps(made).encode())

    shown = text_of(page_of(client, recording.path))

    assert "Half an" in shown
    assert "after the answer above" in shown
    assert "it was told inside a reply" in shown


def test_read_page_changes_nothing_and_asks_the_database_little(client, make_recording, django_assert_max_num_queries):
    recording = make_recording()
    page_of(client, recording.path)

    with django_assert_max_num_queries(16):
        page_of(client, recording.path)


@pytest.mark.parametrize(("folder", "kinds"), [("parts", PartKind), ("exhibits", ExhibitKind)])
def test_every_kind_has_its_template_and_every_template_its_kind(folder, kinds):
    pieces = {"_hit.html", "_passage.html"}
    found = {file.name for file in (ASSETS / "templates" / folder).glob("*.html")} - pieces

    assert found == {f"_{kind.value}.html" for kind in kinds}


def test_only_two_modules_declare_markup_safe():
    package = Path(settings.PLACES.root and ASSETS) / "recviewer"
    found = {file.name for file in package.rglob("*.py") if "mark_safe" in file.read_text()}

    assert found == {"highlight.py", "words.py"}


def test_templates_have_no_inline_scripts_styles_or_safe_filters():
    for file in (ASSETS / "templates").rglob("*.html"):
        text = file.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|\|safe\b|autoescape off", text), file


def test_an_answer_is_shown_as_markdown_where_that_is_asked_for(client, make_recording):
    one = make_recording(answered="It is **Earth**.\n\n- third\n- blue")

    plain = client.get(f"/r/{one.path}").content.decode()
    laid_out = client.get(f"/r/{one.path}?md=on").content.decode()

    assert "It is **Earth**." in plain
    assert "?md=on#answer" in plain
    assert "<strong>Earth</strong>" in laid_out
    assert "as it was recorded" in laid_out


def test_no_more_than_so_much_is_read_as_markdown_for_a_page(client, make_recording, monkeypatch):
    one = make_recording(answered="It is **Earth**.")
    monkeypatch.setattr("recviewer.pages.recording.middle.MARKDOWN_TRIED", 10)

    page = client.get(f"/r/{one.path}?md=on").content.decode()

    assert "It is **Earth**." in page
    assert "<strong>Earth</strong>" not in page


def test_an_answer_without_markdown_offers_none(client, make_recording):
    one = make_recording(answered="It is Earth.")

    assert "md=on" not in client.get(f"/r/{one.path}").content.decode()


def test_ways_to_see_an_answer_keep_the_queue(client, make_recording):
    one = make_recording(answered="It is **Earth**.")

    html = client.get(f"/r/{one.path}", {"in": "?kind=chat"}).content.decode()

    assert "?md=on&amp;in=%3Fkind%3Dchat#answer" in html


def test_figures_of_each_modality_stand_behind_its_name():
    details = [{"modality": "TEXT", "tokenCount": 608}, {"modality": "AUDIO", "tokenCount": 0}]

    found = list(_usage({"promptTokenCount": 608, "promptTokensDetails": details, "odd": [1, 2], "none": []}))

    assert [(one.name, one.group, one.value, one.is_zero) for one in found] == [
        ("promptTokenCount", "", "608", False),
        ("promptTokensDetails TEXT", "promptTokensDetails", "608", False),
        ("promptTokensDetails AUDIO", "promptTokensDetails", "0", True),
        ("odd", "", "[1, 2]", False),
        ("none", "", "[]", False),
    ]


def test_figures_of_one_name_have_that_of_their_object_before_it():
    usage = {"text": 9, "input": {"text": 4, "audio": 1, "cached": {"text": 2}}, "output": {"text": 3}}

    found = _told_apart(list(_usage(usage)))

    assert [(one.name, one.value) for one in found] == [
        ("text", "9"),
        ("input text", "4"),
        ("audio", "1"),
        ("cached text", "2"),
        ("output text", "3"),
    ]


def test_an_answer_of_json_opens_as_a_tree(client, make_recording):
    recording = make_recording(answered='{"names": ["<b>Ada</b>"], "deep": [1.50]}')

    html = client.get(f"/r/{recording.path}").content.decode()

    tree = html.partition('<div class="code tree">')[2].partition("</div>")[0]
    assert "&lt;b&gt;Ada&lt;/b&gt;" in tree
    assert "1.50" in tree
    assert tree.count("<details open>") == tree.count("</details>") == 3
