import json
import os

import pytest
from django.core.management import CommandError, call_command

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(capfd):
    """Return a function that shows recordings and returns what was printed."""

    def show(*words):
        capfd.readouterr()
        call_command("show", *map(str, words))
        return capfd.readouterr().out

    return show


def test_file_outside_any_index_is_shown_as_a_conversation(shown, tmp_path, put):
    place = put()
    outside = tmp_path / "elsewhere.json"
    place.rename(outside)

    out = shown(outside)

    assert out.splitlines()[0] == str(outside)
    assert "user:\n  Which planet?" in out
    assert "answer [stop]:\n  Earth." in out


def test_escapes_of_json_are_shown_as_words_and_sent_as_they_were(shown, put):
    arguments = '{"city": "Z\\u00fcrich"}'
    data = json.loads(put().read_text())
    call = {"id": "c", "type": "function", "function": {"name": "get_weather", "arguments": arguments}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    data["response"]["body"]["__data__"]["choices"][0]["message"] = message
    place = put(data=json.dumps(data).encode())

    assert 'get_weather({"city": "Zürich"})' in shown(place)
    assert json.loads(shown(place, "--json"))["outputs"][0]["tool_calls"][0]["arguments"] == arguments


def test_whole_hash_finds_the_file_that_is_named_by_its_beginning(shown, put):
    put("tests/recordings/0123456789ab.json")
    indexer.refresh(processes=1)

    for name in ("0123456789ABCDEF" * 4, "0123456"):
        assert "tests/recordings/0123456789ab.json" in shown(name)


def test_json_is_the_contract(shown, put):
    place = put()

    found = json.loads(shown(place, "--json"))

    assert found["path"] == str(place)
    assert found["outputs"][0]["content"] == "Earth."


def test_json_of_a_broken_file_says_why(shown, put):
    place = put("tests/recordings/bad.json", b'{"request":')

    found = json.loads(shown(place, "--json"))

    assert (found["kind"], found["fingerprint"]) == ("unreadable", "")
    assert found["problems"] == [{"where": "file", "what": "cut off in the middle: the text ends in line 1"}]


@pytest.mark.parametrize("name", ["path", "blob", "start of a blob", "hash", "start of a hash"])
def test_indexed_recording_is_found_by(name, shown, put):
    hash = "ab12" * 16
    put(f"tests/recordings/{hash}.json")
    put("tests/recordings/other.json", asked="Another?")
    indexer.refresh(processes=1)
    row = Recording.objects.get(path__contains=hash)
    names = {"path": row.path, "blob": row.blob, "start of a blob": row.blob[:9]}
    names |= {"hash": hash, "start of a hash": hash[:12]}

    assert json.loads(shown(names[name], "--json"))["path"] == row.path


def test_copies_of_one_blob_are_one_answer(shown, put):
    put("a/recordings/1.json")
    put("b/recordings/2.json")
    indexer.refresh(processes=1)

    blob = Recording.objects.first().blob
    assert json.loads(shown(blob, "--json"))["path"] == "a/recordings/1.json"


def test_several_recordings_ask_for_more_of_the_name(put, capsys):
    put("tests/recordings/abcdef01.json")
    put("tests/recordings/abcdef02.json", asked="Another?")
    indexer.refresh(processes=1)

    with pytest.raises(CommandError) as failure:
        call_command("show", "abcdef0")

    assert failure.value.returncode == 2
    assert "could be several recordings" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["nothing.json", "x" * 300, "abcdef0", "\udcff", "%", "a\nb"])
def test_name_of_nothing_is_no_crash(name, root, capsys):
    with pytest.raises(CommandError) as failure:
        call_command("show", name)

    assert failure.value.returncode == 2
    assert "no such file, and nothing like it" in capsys.readouterr().err


def test_what_is_there_is_shown_although_something_else_is_not(put, capfd):
    place = put()

    with pytest.raises(CommandError):
        call_command("show", "nothing.json", str(place), "--json")

    assert json.loads(capfd.readouterr().out)["kind"] == "chat"


@pytest.mark.parametrize("kind", ["directory", "pipe", "link"])
def test_what_is_no_file_is_refused(kind, tmp_path, capsys):
    place = tmp_path / "x.json"
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "link":
        place.symlink_to("elsewhere")
    else:
        place.mkdir()

    with pytest.raises(CommandError):
        call_command("show", str(place))

    assert "cannot be read" in capsys.readouterr().err


def test_indexed_recording_that_is_gone_is_refused(put, capsys):
    place = put()
    indexer.refresh(processes=1)
    place.unlink()

    with pytest.raises(CommandError):
        call_command("show", "tests/recordings/one.json")

    assert "is not there any more" in capsys.readouterr().err


def test_control_characters_do_not_reach_the_terminal(shown, put):
    out = shown(put(answered="a\x1b[31mb\x07\u202ec\r"))

    assert "a<U+001B>[31mb<U+0007><U+202E>c<U+000D>" in out


def test_file_name_that_is_not_utf8_is_shown(shown, put):
    place = put(b"tests/recordings/\xff.json")

    assert "\\xff.json" in shown(os.fsdecode(os.fsencode(str(place))))
    assert json.loads(shown(place, "--json"))["path"].endswith("\\xff.json")
