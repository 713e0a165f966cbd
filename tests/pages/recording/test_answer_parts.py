"""What a page shows of what an answer holds besides its words."""

import base64
import json

from tests.conftest import exchange

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="


def answered(*parts):
    made = exchange()
    made["request"]["url"] = "https://example.org/v1beta/models/gemini-x:generateContent"
    made["request"]["body"] = {"contents": "Hello?"}
    body = {"candidates": [{"content": {"parts": list(parts), "role": "model"}, "finishReason": "STOP"}]}
    made["response"] = {"body": body, "is_streaming": False}
    return json.dumps(made, indent=2).encode()


def shown(client, recording, query=""):
    return client.get(f"/r/{recording.path}{query}")


def test_a_picture_of_an_answer_is_shown_from_its_own_bytes_in_either_spelling_of_base64(client, make_recording):
    safe = base64.urlsafe_b64encode(base64.b64decode(PNG)).decode()
    recording = make_recording(
        data=answered({"text": "Here."}, {"inlineData": {"mimeType": "image/png", "data": safe}})
    )

    page = shown(client, recording).content.decode()
    served = shown(client, recording, "?media=a1.0")

    assert '<img src="?media=a1.0"' in page
    assert "An empty answer" not in page
    assert (served.status_code, served["Content-Type"]) == (200, "image/png")


def test_a_sound_of_an_answer_is_played_from_its_own_bytes_and_numbers_without_a_head_get_one(client, make_recording):
    mp3 = base64.b64encode(b"ID3\x04 invented").decode()
    numbers = base64.b64encode(b"\x00\x01" * 8).decode()
    recording = make_recording(
        data=answered(
            {"inlineData": {"mimeType": "audio/mpeg", "data": mp3}},
            {"inlineData": {"mimeType": "audio/L16;codec=pcm;rate=16000", "data": numbers}},
            {"inlineData": {"mimeType": "audio/mpeg", "data": base64.b64encode(b"<html>").decode()}},
            {"inlineData": {"mimeType": "audio/pcm", "data": base64.b64encode(bytes(60_000)).decode()}},
        )
    )

    page = shown(client, recording).content.decode()
    served = shown(client, recording, "?media=a1.0")
    headed = shown(client, recording, "?media=a1.1")

    assert '<audio class="sound" src="?media=a1.0" controls preload="none" aria-label="sound audio/mpeg, ' in page
    assert (served["Content-Type"], served.content) == ("audio/mpeg", b"ID3\x04 invented")
    assert (headed["Content-Type"], headed.content[:4], headed.content[44:]) == ("audio/wav", b"RIFF", b"\x00\x01" * 8)
    assert "audio/mpeg · its bytes do not say how long it is · " in page
    assert "audio/wav · 0.0 s · " in page
    assert "audio/wav · 1.2 s at 24,000 numbers a second, which nothing says · " in page
    assert int.from_bytes(headed.content[24:28], "little") == 16_000
    assert "?media=a1.2" not in page
    assert shown(client, recording, "?media=a1.2").status_code == 404


def test_what_the_server_called_stands_before_its_result_which_links_to_it(client, make_recording):
    call = {"toolCall": {"toolType": "GOOGLE_SEARCH", "args": {"q": "moons"}, "id": "t-1"}}
    result = {"toolResponse": {"toolType": "GOOGLE_SEARCH", "response": {"n": 274}, "id": "t-1"}}
    recording = make_recording(data=answered(call, result))

    page = shown(client, recording).content.decode()

    assert page.index("called by the server") < page.index('href="#a1.0"')
    assert 'id="a1.0"' in page


def test_code_that_was_run_is_named_and_shown_with_its_lines(client, make_recording):
    code = {"executableCode": {"language": "PYTHON", "code": "for n in range(2):\n    print(n)"}}
    recording = make_recording(data=answered({"text": "So."}, code))

    page = shown(client, recording).content.decode()

    assert "<bdi>executableCode</bdi>" in page
    assert "for n in range(2):\n    print(n)" in page


def test_an_unknown_part_is_shown_as_it_is_and_never_as_html(client, make_recording):
    recording = make_recording(data=answered({"hologram": {"shape": "<b>sphere</b>"}}))

    page = shown(client, recording).content.decode()

    assert "sphere" in page
    assert "<b>sphere</b>" not in page
    assert "Nothing came back" not in page
