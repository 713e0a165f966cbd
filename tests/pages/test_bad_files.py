"""Every kind of page and of act for every kind of bad file: an answer that names what is the matter, never a fault."""

import pytest

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from tests.pages import bad_files
from tests.pages.bad_files import BAD, FOLDER, KINDS, LIMIT, LISTS, pages, range_pages


@pytest.fixture
def tree_with(root, settings, commit, make_recording, client):
    settings.FILE_LIMIT_BYTES = LIMIT
    client.raise_request_exception = False
    made = [make_recording(f"{FOLDER}/{name}.json", answered=name) for name in ("bad", "good", "other")]
    first = commit("first")
    for one in made:
        client.post("/do/decide", {"item": [f"{one.blob}:{one.path}"], "verdict": "approve", "next": "/"})

    def put(kind):
        bad_files.put(root, kind)
        return first

    return put


def visited(client, addresses):
    """Return what answered as it may not: a fault, or a page with a hole in it."""
    wrong = []
    for address in addresses:
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(address, headers=headers)
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if answer.status_code >= 500 or b"INVALID-VARIABLE" in text:
                wrong.append((address, answer.status_code, repr(getattr(answer, "exc_info", "") or "")[:200]))
    return wrong


def addresses(first):
    good = Recording.objects.filter(path__endswith="good.json").first()
    bad = Recording.objects.filter(path=BAD).first()
    other = ("none.json", "0" * 40) if good is None else (good.path, good.blob)
    return [
        *LISTS,
        *pages(BAD, bad.blob if bad else "", *other),
        *range_pages(f"{first}...", BAD),
        *range_pages(first, BAD),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_of_a_bad_file_is_a_fault(client, tree_with, kind):
    first = tree_with(kind)
    indexer.refresh(processes=1)

    assert visited(client, addresses(first)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_of_a_file_that_turned_bad_since_it_was_indexed_is_a_fault(client, tree_with, kind):
    first = tree_with(kind)

    assert visited(client, addresses(first)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_of_a_file_that_was_bad_and_is_no_more_is_a_fault(client, root, tree_with, kind):
    first = tree_with(kind)
    indexer.refresh(processes=1)
    if (root / BAD).is_file() and not (root / BAD).is_symlink():
        (root / BAD).write_text("[]")

    assert visited(client, addresses(first)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_of_a_commit_with_a_bad_file_is_a_fault(client, tree_with, commit, kind):
    first = tree_with(kind)
    commit.git("add", "-A")
    commit.git("commit", "-q", "--allow-empty", "-m", "second")
    indexer.refresh(processes=1)
    specs = [f"{first}...HEAD", f"HEAD..{first}", "HEAD..."]
    asked = [address for spec in specs for address in range_pages(spec, BAD)]

    assert visited(client, [*asked, f"/history/{BAD}", f"/history/{BAD}?at={first}", f"/history/{BAD}.json"]) == []
