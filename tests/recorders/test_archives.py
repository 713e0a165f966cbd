"""Logs of Inspect are opened to their calls of models, bounded whatever they hold."""

import io
import json
import sys
import types
import zipfile
import zlib

import pytest

from recviewer.exchange.fingerprint import fingerprint
from recviewer.recorders import archives, zstandard
from recviewer.recorders.reading import bytes_of, read_file, without
from recviewer.recorders.registry import claims

LOG = "a/logs/planets.eval"


def packed(samples, *, way=zipfile.ZIP_DEFLATED, name="samples/{}_epoch_1.json"):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", way) as archive:
        archive.writestr("header.json", "{}")
        for place, sample in enumerate(samples):
            archive.writestr(name.format(place), sample if isinstance(sample, str) else json.dumps(sample))
    return made.getvalue()


def called(question, answer, **more):
    choice = {"message": {"role": "assistant", "content": answer}, "stop_reason": "stop"}
    asked = {"input": question} if isinstance(question, list) else {"input": [{"role": "user", "content": question}]}
    return {"event": "model", "model": "acme/small-1", **asked, "output": {"choices": [choice]}, **more}


def said(data):
    found = [one.reading.exchange for one in read_file(data, LOG)]
    return [([words(one) for one in exchange.request.messages], exchange.outputs[0].content) for exchange in found]


def words(message):
    return "".join(part.text for part in message.parts)


def reason(data):
    [one] = read_file(data, LOG)
    [problem] = one.reading.exchange.problems
    return problem.what


def test_each_call_of_each_sample_is_read_in_order():
    first = {"id": 1, "epoch": 1, "events": [called("Rings?", "Saturn."), {"event": "score"}, called("Red?", "Mars.")]}
    second = {"id": 2, "epoch": 1, "events": [called("Blue?", "Neptune.")]}
    assert claims().holds(LOG.encode())
    assert said(packed([first, second])) == [(["Rings?"], "Saturn."), (["Red?"], "Mars."), (["Blue?"], "Neptune.")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"scores": {"match": {"value": "C"}}}, {"scores": {"match": {"value": "I"}}}),
        ({"scores": {"match": {"value": 1, "answer": "4"}}}, {"scores": {"match": {"value": 1, "answer": "5"}}}),
        ({"target": "4"}, {"target": "5"}),
        ({}, {"limit": {"type": "token", "limit": 10}}),
        ({}, {"error": {"message": "broke", "traceback": "…"}}),
    ],
)
def test_what_became_of_a_sample_counts_with_its_calls(old, new):
    marks = [
        fingerprint(read_file(packed([{"events": [called("4?", "4.")], **more}]), LOG)[0].reading.exchange)
        for more in (old, new)
    ]
    assert marks[0] != marks[1]


def test_when_a_sample_was_scored_says_nothing():
    one, other = ({"scores": {"match": {"value": "C", "history": [at]}}, "uuid": at} for at in "ab")
    marks = {
        fingerprint(read_file(packed([{"events": [called("4?", "4.")], **more}]), LOG)[0].reading.exchange)
        for more in (one, other)
    }
    assert len(marks) == 1


def test_what_calls_share_is_put_where_it_is_meant():
    pool = [{"role": "user", "content": "attachment://ab"}, {"role": "user", "content": "Red?"}]
    sample = {
        "message_pool": pool,
        "attachments": {"ab": "A long question about rings?"},
        "events": [called([], "attachment://ab", input_refs=[[0, 1]]), called([], "Mars.", input_refs=[[0, 2]])],
    }
    long = "A long question about rings?"
    assert said(packed([sample])) == [([long], long), ([long, "Red?"], "Mars.")]
    beside = {
        "events_data": {"messages": pool},
        "attachments": {},
        "events": [called([], "Mars.", input_refs=[[1, 2]])],
    }
    assert said(packed([beside])) == [(["Red?"], "Mars.")]


def test_what_the_provider_got_and_gave_counts_where_it_was_kept():
    given = {"object": "chat.completion", "choices": [{"message": {"role": "assistant", "content": "Mars!"}}]}
    call = {"request": {"model": "small-1"}, "response": given, "call_refs": [[0, 1]], "call_key": "messages"}
    sample = {"call_pool": [{"role": "user", "content": "Red?"}], "events": [called("Red?", "Mars.", call=call)]}
    assert said(packed([sample])) == [(["Red?"], "Mars!")]


def test_calls_and_failures_are_read():
    asked = {"id": "c1", "function": "look", "arguments": {"at": "Mars"}, "type": "function"}
    event = called("Red?", "")
    event["output"]["choices"][0]["message"]["tool_calls"] = [asked]
    broken = {**called("Blue?", ""), "output": {"choices": []}, "error": "the telescope broke"}
    one, other = [part.reading.exchange for part in read_file(packed([{"events": [event, broken]}]), LOG)]
    assert [(call.name, call.arguments) for call in one.outputs[0].tool_calls] == [("look", '{"at":"Mars"}')]
    assert one.outputs[0].finish_reason == "stop"
    assert other.error.message == "the telescope broke"


def test_pictures_are_read():
    picture = {"type": "image", "image": "data:image/png;base64,AAAA", "detail": "auto"}
    event = called([{"role": "user", "content": [{"type": "text", "text": "Which?"}, picture]}], "Mars.")
    [one] = read_file(packed([{"events": [event]}]), LOG)
    [text, shown] = one.reading.exchange.request.messages[0].parts
    assert (text.text, shown.kind.value) == ("Which?", "image")


def test_an_exchange_stands_alone_and_an_archive_goes_as_a_whole():
    data = packed([{"events": [called("Rings?", "Saturn."), called("Red?", "Mars.")]}])
    parts = read_file(data, LOG)
    assert [said(bytes_of(data, part)) for part in parts] == [[(["Rings?"], "Saturn.")], [(["Red?"], "Mars.")]]
    assert without(data, LOG, {parts[0].part}) is None


def test_a_log_without_a_call_says_so():
    for data in (
        packed([]),
        packed([{"events": [{"event": "score"}]}]),
        packed([called("a", "b")], name="other/{}.json"),
    ):
        [one] = read_file(data, LOG)
        assert one.reading.exchange.kind == "no_exchange"


def test_what_would_fill_the_memory_is_not_opened(monkeypatch):
    monkeypatch.setattr(archives, "LIMIT", 100_000)
    huge = packed(["[" + "0," * 2_000_000 + "0]"])
    assert len(huge) < 20_000
    assert "more than" in reason(huge)
    wide = {"attachments": {"a": "x" * 9_000}, "events": [called(["attachment://a"] * 100, "")]}
    assert "come to more" in reason(packed([wide]))
    again = {"message_pool": ["x" * 9_000], "events": [called([], "", input_refs=[[0, 1]] * 100)]}
    assert "come to more" in reason(packed([again]))
    monkeypatch.setattr(archives, "FILES_LIMIT", 3)
    assert "more than 3 files" in reason(packed(["{}"] * 3))


def test_many_values_in_few_bytes_are_not_opened(monkeypatch):
    monkeypatch.setattr(archives, "WEIGHT_LIMIT", 100_000)
    wide = packed(["[" + "{}," * 1_000 + "0]"])
    assert len(wide) < 1_000
    assert "more values" in reason(wide)


def test_short_messages_and_calls_count_as_something(monkeypatch):
    monkeypatch.setattr(archives, "LIMIT", 20_000)
    assert "come to more" in reason(packed([{"events": [{"event": "model"}] * 100}]))
    pool = {"message_pool": [1] * 100, "events": [called([], "", input_refs=[[0, 100]] * 4)]}
    assert "come to more" in reason(packed([pool]))


def test_a_method_that_cannot_be_bounded_is_refused_whatever_size_is_told():
    for way in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert "cannot be opened here" in reason(packed(["{}"], way=way))


def test_many_files_are_counted_before_one_is_looked_at(monkeypatch):
    monkeypatch.setattr(archives, "FILES_LIMIT", 3)
    many = packed(["{}"] * 3)
    monkeypatch.setattr(archives.zipfile, "ZipFile", None)
    assert "more than 3 files" in reason(many)


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ({"events": [called([], "", input_refs=[[0, 1]])]}, "not in it"),
        ({"events": [called([], "", input_refs=[[-1, 1]])]}, "nobody knows"),
        ({"events": [called([], "", input_refs=[3])]}, "nobody knows"),
    ],
)
def test_a_sample_that_cannot_be_read_says_why(sample, told):
    assert told in reason(packed([sample]))


def test_an_archive_cut_or_changed_anywhere_is_read_or_said_to_be_unreadable():
    data = packed([{"events": [called("Rings?", "Saturn.")]}])
    for at in range(7, len(data), 7):
        assert read_file(data[:at], LOG)
        assert read_file(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :], LOG)


def test_other_archives_in_such_folders_are_left_alone():
    assert not claims().holds(b"a/logs/planets.zip")


def test_an_archive_compressed_in_another_way_says_so():
    data = bytearray(packed([{"events": [called("Rings?", "Saturn.")]}]))
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = data.find(mark)
        while place >= 0:
            data[place + at : place + at + 2] = (97).to_bytes(2, "little")  # WavPack
            place = data.find(mark, place + 1)
    assert "cannot be opened here" in reason(bytes(data))


def by_zstandard(samples, compress):
    """Return an archive whose samples Zstandard compressed, as far as its heads tell."""
    data = bytearray(
        packed([compress(json.dumps(one).encode()).decode("latin-1") for one in samples], way=zipfile.ZIP_STORED)
    )
    for sign, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.find(sign)
        while at >= 0:
            data[at + place : at + place + 2] = archives.ZSTANDARD.to_bytes(2, "little")
            at = data.find(sign, at + 4)
    return bytes(data)


class Zstandard(types.ModuleType):
    """The package, as far as it is asked, with zlib in its place: it is installed nowhere but where somebody wants it."""

    class ZstdError(Exception):
        pass

    class ZstdDecompressor:
        def stream_reader(self, file, *, read_across_frames):
            try:
                return io.BytesIO(zlib.decompress(file.read().decode().encode("latin-1")))
            except (zlib.error, UnicodeError):
                raise Zstandard.ZstdError from None


SAMPLE = {"id": 1, "epoch": 1, "events": [called("Rings?", "Saturn.")]}


@pytest.fixture
def before_3_14(monkeypatch):
    monkeypatch.setattr(zstandard, "is_in_python", lambda: False)


def test_what_zstandard_compressed_is_opened_where_its_package_is(monkeypatch, before_3_14):
    monkeypatch.setitem(sys.modules, "zstandard", Zstandard("zstandard"))

    assert said(by_zstandard([SAMPLE, SAMPLE], zlib.compress)) == [(["Rings?"], "Saturn.")] * 2
    assert "damaged" in reason(by_zstandard([SAMPLE], lambda text: text))
    monkeypatch.setattr(archives, "LIMIT", 20)
    assert "holds more than" in reason(by_zstandard([SAMPLE], zlib.compress))


def test_else_it_says_what_is_needed(monkeypatch, before_3_14):
    monkeypatch.setitem(sys.modules, "zstandard", None)

    assert "needs Python 3.14 or the package `zstandard`" in reason(by_zstandard([SAMPLE], zlib.compress))


def test_a_fault_of_the_zstandard_that_python_has_is_a_bad_archive(monkeypatch):
    class ZstdError(Exception):
        """As `compression.zstd` raises it from Python 3.14 on: no subclass of any other fault."""

    def broken(*_):
        raise ZstdError

    monkeypatch.setattr(zstandard, "is_in_python", lambda: False)
    monkeypatch.setattr(zstandard, "FAULTS", (zstandard.Broken, ZstdError))
    monkeypatch.setattr(zstandard, "opened", broken)

    assert "damaged" in reason(by_zstandard([SAMPLE], zlib.compress))


def test_zstandard_itself_is_read():
    compress = pytest.importorskip("zstandard").ZstdCompressor().compress
    assert zstandard.opened(compress(b"a" * 1000), 10) == b"a" * 10
    assert zstandard.opened(compress(b"a") + compress(b"b"), 10) == b"ab"
    with pytest.raises(zstandard.Broken):
        zstandard.opened(b"a" * 10, 10)
    with pytest.raises(zstandard.Broken):
        zstandard.opened(b"no", 10)
