import pytest

from recviewer.bounded.cache import Recent
from recviewer.catalog import content, heavy, indexer
from recviewer.catalog.models import Recording
from recviewer.recorders.reading import read_file
from recviewer.store import files
from recviewer.store.refusals import CannotRead, Vanished
from tests.formats.test_cut_chunks import chunk, file_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(put):
    put()
    indexer.refresh(processes=1)
    return Recording.objects.get()


def test_content_is_what_the_file_holds_now(row, put):
    assert content.load(row).blob == row.blob

    put(answered="Venus.")

    assert content.load(row).blob != row.blob
    assert content.load(row).reading.exchange.outputs[0].content == "Venus."


def test_equal_bytes_are_read_once(row):
    assert content.load(row) is content.load(row)


def test_a_long_stream_is_decoded_whole_only_for_who_asks_for_all_of_it(monkeypatch):
    data = file_of([chunk(f" word {number}") for number in range(9)])
    asked = []
    monkeypatch.setattr(content, "read_file", lambda *given, **named: asked.append(1) or read_file(*given, **named))

    found = content.of_bytes(data, "tests/recordings/a.json")

    assert found.exchange.outputs[0].content == "".join(f" word {number}" for number in range(9))
    assert asked == []
    assert found.exchange == found.reading.exchange
    assert len(list(found.reading.chunks())) == 9
    assert found.blob == files.blob_id(data)
    assert asked == [1]


def test_file_that_is_gone_is_refused(row, root):
    (root / row.path).unlink()

    with pytest.raises(Vanished):
        content.load(row)


def test_small_content_keeps_how_numbers_were_written():
    data = b'{"request": {"body": {"t": 1.10}}, "response": {}}'

    assert str(content.of_bytes(data).reading.exchange.request.body["t"]) == "1.10"


def test_content_kept_in_memory_is_limited(monkeypatch):
    monkeypatch.setattr(content, "_cache", Recent(weigh=lambda one: one.weight, limit=15_000))

    for number in range(20):
        content.of_bytes(b"%d" % number * 1000)

    assert 0 < sum(len(item.data) for item in content._cache) <= 5000


def test_missing_content_has_its_reason():
    assert content.missing("it is gone").reading.exchange.problems[0].what == "it is gone"


@pytest.fixture
def cassette(root, put):
    """A file of three exchanges, as the catalog has it."""
    (root / "cassettes").mkdir()
    (root / "cassettes" / "three.yaml").write_text("interactions:\n" + "".join(map(call, range(3))) + "version: 1\n")
    indexer.refresh(processes=1)
    return list(Recording.objects.filter(file__path="cassettes/three.yaml").order_by("place"))


def call(number):
    return f"""- request:
    body: '{{"model": "m", "messages": [{{"role": "user", "content": "{number}?"}}]}}'
    headers: {{}}
    method: POST
    uri: https://api.openai.com/v1/chat/completions
  response:
    body: {{string: '{{"choices": []}}'}}
    headers: {{}}
    status: {{code: 200, message: OK}}
"""


def test_a_file_of_many_is_read_from_disk_and_decoded_once_for_all(cassette, monkeypatch):
    read, decoded = [], []
    reads, decodes = files.read, content.read_file
    monkeypatch.setattr(files, "read", lambda *a, **more: read.append(1) or reads(*a, **more))
    monkeypatch.setattr(content, "read_file", lambda *a, **more: decoded.append(1) or decodes(*a, **more))
    monkeypatch.setattr(content, "_cache", type(content._cache)())
    loader = content.Loader()

    found = [loader.load(row) for row in cassette]

    assert (len(read), len(decoded)) == (1, 1)
    assert [one.blob for one in found] == [row.blob for row in cassette]
    assert [loader.bytes_of(row) for row in cassette] == [one.data for one in found]
    assert (len(read), len(decoded)) == (1, 1)


def test_an_exchange_that_its_file_lost_is_missing(cassette, root):
    (root / "cassettes" / "three.yaml").write_text("interactions:\n" + call(0) + call(1) + "version: 1\n")

    assert content.load(cassette[2]).missing == "its file does not hold it any more"
    assert content.Loader().bytes_of(cassette[2]) is None
    assert content.bytes_now(cassette[2]) == b""
    assert content.bytes_now(cassette[1]) == call(1).encode()


@pytest.mark.slow
def test_exchanges_of_a_heavy_file_are_those_that_they_are_anyway(cassette, root, monkeypatch):
    light = [content.load(row) for row in cassette]
    monkeypatch.setattr(content, "EFFORT_LIMIT", 0)
    monkeypatch.setattr(content, "_cache", type(content._cache)())
    monkeypatch.setattr(content, "_heavy", type(content._heavy)())
    monkeypatch.setattr(content, "_read", lambda *_: pytest.fail("was read in a web worker"))
    loader = content.Loader()
    try:
        found = [loader.load(row) for row in cassette]

        assert all(one.is_heavy for one in found)
        assert [(one.blob, one.size) for one in found] == [(one.blob, len(one.data)) for one in light]
        assert [loader.bytes_of(row) for row in cassette] == [one.data for one in light]
        assert [heavy.bytes_of(one) for one in found] == [one.data for one in light]
        (root / "cassettes" / "three.yaml").write_text("interactions:\n" + call(0) + call(1) + "version: 1\n")
        assert content.load(cassette[2]).missing == "its file does not hold it any more"
        assert content.bytes_now(cassette[2]) == b""
        assert content.bytes_now(cassette[1]) == light[1].data
        monkeypatch.setattr(heavy, "SECONDS", 0)
        heavy._child.close()
        assert "reading it takes more than 0 seconds" in content.load(cassette[0]).missing
        with pytest.raises(CannotRead):
            content.bytes_now(cassette[0])
    finally:
        heavy._child.close()
