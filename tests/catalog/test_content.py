import pytest

from recviewer.catalog import content, indexer
from recviewer.catalog.models import Recording
from recviewer.recent import Recent
from recviewer.store.refusals import Vanished

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


def test_file_that_is_gone_is_refused(row, root):
    (root / row.path).unlink()

    with pytest.raises(Vanished):
        content.load(row)


def test_small_content_keeps_how_numbers_were_written():
    data = b'{"request": {"body": {"t": 1.10}}, "response": {}}'

    assert str(content.of_bytes(data).reading.exchange.request.body["t"]) == "1.10"


def test_content_kept_in_memory_is_limited(monkeypatch):
    monkeypatch.setattr(content, "_cache", Recent(weigh=lambda one: one.weight, limit=15_000, at_least=0))

    for number in range(20):
        content.of_bytes(b"%d" % number * 1000)

    assert 0 < sum(len(item.data) for item in content._cache) <= 5000


def test_missing_content_has_its_reason():
    assert content.missing("it is gone").reading.exchange.problems[0].what == "it is gone"
