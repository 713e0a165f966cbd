"""Every kind of page and of act for every kind of bad file: an answer that names what is the matter, never a fault."""

from urllib.parse import quote

import pytest

from recviewer.bounded.cache import Recent
from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.memory.ranges import report_of
from recviewer.pages.recordings import queue
from recviewer.review.models import Decision
from tests.pages import bad_files
from tests.pages.bad_files import BAD, FOLDER, KINDS, LIMIT, LISTS, pages, range_pages

pytestmark = pytest.mark.slow

GOOD, OTHER = f"{FOLDER}/good.json", f"{FOLDER}/other.json"
WITHOUT_BYTES = {"link", "dangling link", "link to itself", "pipe", "socket", "device", "over the limit"}
TAKES_ITS_FOLDER = {"its folder is a link", "its folder is a file"}
ODD = sorted(WITHOUT_BYTES & set(KINDS) | TAKES_ITS_FOLDER | {"gone", "folder", "empty", "list", "not UTF-8"})
"""Those that differ in what the file system says of them, and a few of those that differ in their bytes."""
ON_SQLITE = pytest.mark.only_on("sqlite", reason="on PostgreSQL, a few of those that differ in their bytes are tried")
FRAGMENT = {"HX-Request": "true"}


def every(kinds):
    """Return kinds to try."""
    return [kind if kind in ODD else pytest.param(kind, marks=ON_SQLITE) for kind in kinds]


@pytest.fixture
def tree_with(root, settings, commit, make_recording, client):
    """Return a function that puts a bad file in the place of a recording, and returns the commit before."""
    settings.FILE_LIMIT_BYTES = LIMIT
    client.raise_request_exception = False
    made = [make_recording(f"{FOLDER}/{name}.json", answered=name) for name in ("bad", "good", "other")]
    first = commit("first")
    approved = " ".join(f"{one.blob}:{one.path}" for one in made[::2])
    client.post("/do/decide", {"item": approved, "verdict": "approve", "next": "/"})

    def put(kind, *, indexed=True):
        bad_files.put(root, kind)
        if indexed:
            indexer.refresh(processes=1)
        return first

    return put


def faults(client, addresses, headers=None):
    """Return what answered as it may not: a fault, or a page with a hole in it."""
    answers = [(address, client.get(address, headers=headers or {})) for address in addresses]
    return [
        (address, answer.status_code, repr(getattr(answer, "exc_info", "") or "")[:300])
        for address, answer in answers
        if answer.status_code >= 500 or b"INVALID-VARIABLE" in answer.content
    ]


def about_it():
    """Return the addresses of all pages about the bad file."""
    blobs = dict(Recording.objects.values_list("path", "blob"))
    return pages(BAD, blobs.get(BAD, ""), OTHER, blobs.get(OTHER, "0" * 40))


@pytest.mark.parametrize("kind", every(KINDS))
def test_no_page_of_a_bad_file_is_a_fault(client, tree_with, kind):
    first = tree_with(kind)

    assert faults(client, [*LISTS, *about_it()]) == []
    assert faults(client, about_it(), FRAGMENT) == []
    if kind in ODD:
        assert faults(client, range_pages(f"{first}...", BAD)) == []


@pytest.mark.parametrize("kind", every(KINDS))
def test_no_page_of_a_file_that_turned_bad_or_good_since_it_was_indexed_is_a_fault(client, root, tree_with, kind):
    tree_with(kind, indexed=False)
    assert faults(client, about_it()) == []

    indexer.refresh(processes=1)
    if kind not in TAKES_ITS_FOLDER:
        bad_files.put(root, "list")
    assert faults(client, about_it()) == []


COMMITTED = sorted(set(KINDS) - {"pipe", "socket", "device", "folder"})


@pytest.mark.parametrize("kind", every(COMMITTED))
def test_no_page_of_a_commit_with_a_bad_file_is_a_fault(client, tree_with, commit, kind):
    first = tree_with(kind)
    commit("second")
    histories = [f"/history/{BAD}", f"/history/{BAD}?at={first}", f"/history/{BAD}.json"]

    assert faults(client, [*range_pages(f"{first}...HEAD", BAD), *range_pages(f"HEAD..{first}", BAD), *histories]) == []


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("indexed", [True, False])
def test_an_act_on_many_goes_on_without_the_bad_file(client, tree_with, kind, indexed):
    blobs = dict(Recording.objects.values_list("path", "blob"))
    tree_with(kind, indexed=indexed)
    blobs |= dict(Recording.objects.values_list("path", "blob"))
    many = {"item": [f"{blobs[path]}:{quote(path, safe='')}" for path in (BAD, GOOD)], "next": "/"}
    one = {"key": quote(BAD, safe=""), "seen": blobs[BAD], "next": "/"}
    acts = [("decide", {"verdict": word, "note": "why"}) for word in ("reject", "delete", "clear", "approve")]
    acts += [("tag", {"name": "odd"}), ("untag", {"name": "odd"}), ("note", {"body": "Look."})]
    acts += [("trash", {}), ("trash", {"confirmed": "1"}), ("undo", {}), ("undo", {}), ("redo", {})]

    answers = {}
    for act, more in acts:
        for sent in (many, one) if act not in ("undo", "redo") else ({"next": "/"},):
            for headers in ({}, FRAGMENT):
                answer = client.post(f"/do/{act}", {**sent, **more}, headers=headers)
                answers[act, str(more), "item" in sent, bool(headers)] = answer.status_code
    assert {act: status for act, status in answers.items() if status >= 500} == {}
    if kind not in TAKES_ITS_FOLDER:
        decided = set(Decision.objects.filter(verdict="approve").values_list("path", flat=True))
        assert GOOD in decided


@pytest.mark.parametrize("kind", sorted(WITHOUT_BYTES & set(KINDS)))
def test_what_cannot_be_read_is_named_and_left_out(client, tree_with, kind):
    tree_with(kind)
    bad, good = Recording.objects.get(path=BAD), Recording.objects.get(path=GOOD)
    items = [f":{quote(BAD, safe='')}", f"{good.blob}:{quote(GOOD, safe='')}"]

    page = client.get(f"/r/{BAD}")
    assert page.context["page"].bar.closed == "Its bytes cannot be read, so there is nothing to decide on."
    assert 'name="verdict"' not in page.content.decode()
    assert page.context["page"].facts.problems[0][1] in page.content.decode()
    assert "0 bytes" not in page.content.decode()
    assert client.get(f"/r/{BAD}?download=1").status_code == 422

    bulk = client.get("/bulk/").context["page"]
    assert [path for path, _, _ in bulk.unread] == [BAD]
    assert BAD not in " ".join(group.items for group in bulk.groups)

    done = client.post("/do/decide", {"item": items, "verdict": "approve", "next": "/"}, follow=True)
    assert f"Left out: {BAD} (cannot be read: {bad.problems[0][1]}" in done.content.decode()
    assert Decision.objects.filter(path=GOOD).exists()

    asked = client.post("/do/trash", {"item": items, "next": "/"})
    assert f"Left out: {BAD} (cannot be read" in asked.content.decode()
    assert asked.context["page"].count == 1


def test_the_queue_leaves_out_what_cannot_be_read_and_says_so(client, tree_with, monkeypatch):
    monkeypatch.setattr(queue, "_kept", Recent())
    tree_with("link")

    first = client.get("/queue/")
    assert first.headers["Location"].startswith(f"/r/{GOOD}")

    good = Recording.objects.get(path=GOOD)
    client.post("/do/decide", {"item": f"{good.blob}:{GOOD}", "verdict": "approve", "next": "/"})
    end = client.get("/queue/").content.decode()
    assert "All 2 that can be read are decided" in end
    assert "1 file cannot be read" in end


@pytest.mark.parametrize("kind", ["link", "pipe", "over the limit", "list", "folder", "empty"])
def test_a_page_of_a_file_that_changed_since_it_was_indexed_has_no_verdict_to_press(client, tree_with, kind):
    tree_with(kind, indexed=False)

    page = client.get(f"/r/{BAD}")

    assert page.context["page"].is_stale
    assert "It can be decided on once it is indexed again." in page.content.decode()
    assert 'name="verdict"' not in page.content.decode()


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_an_act_on_many_changes_of_a_range_goes_on_without_what_cannot_be_read(client, root, tree_with, kind):
    first = tree_with(kind, indexed=False)
    (root / GOOD).write_text("[]")
    spec = f"{first}..."
    changes = {change.side.path: change for change in report_of(spec).found.changes}
    items = [f"{one.side.blob}:{quote(path, safe='')}:{one.own_subject}" for path, one in changes.items()]

    page = client.get(f"/changes/{spec}?change={BAD}")
    assert page.context["page"].bar.closed
    assert 'name="verdict"' not in page.content.decode()

    many = client.post("/do/change", {"range": spec, "item": items, "verdict": "approve", "next": "/"}, follow=True)
    assert set(changes) == {BAD, GOOD}
    assert f"Left out: {BAD} (cannot be read: " in many.content.decode()
    assert Decision.objects.filter(path=GOOD, origin__startswith=first).exists()
    assert not Decision.objects.filter(path=BAD, origin__startswith=first).exists()

    one = client.post("/do/change", {"range": spec, "item": items[list(changes).index(BAD)], "verdict": "approve"})
    assert one.status_code == 422


def test_a_bar_that_comes_anew_offers_no_verdict_on_what_its_page_does_not_show(client, make_recording):
    one = make_recording(BAD)
    sent = {"key": quote(BAD, safe=""), "seen": one.blob, "next": "/"}
    client.post("/do/decide", {**sent, "verdict": "approve"})
    make_recording(BAD, answered="Mars.")

    answer = client.post("/do/undo", sent, headers=FRAGMENT)

    assert answer.status_code == 200
    assert "The file changed since you opened it." in answer.content.decode()
    assert 'name="verdict"' not in answer.content.decode()


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("when", ["before", "since"])
def test_no_act_on_a_range_with_a_bad_file_is_a_fault(client, root, tree_with, kind, when):
    spec = f"{tree_with('other recording')}..."
    if when == "before":
        bad_files.put(root, kind)
    shown = report_of(spec).found.changes
    items = [f"{one.side.blob}:{quote(one.side.path, safe='')}:{one.own_subject}" for one in shown]
    if when == "since":
        bad_files.put(root, kind)
    many = {"range": spec, "item": items, "next": "/"}
    pair = {"range": spec, "old": quote(BAD, safe=""), "new": quote(BAD, safe=""), "next": "/"}
    sent = [("change", {**many, "verdict": word, "note": "why"}) for word in ("approve", "reject", "delete", "clear")]
    sent += [("churn", many), ("older", many), ("undo", {"next": "/"}), ("redo", {"next": "/"})]
    sent += [("pair", {**pair, "is_pair": word}) for word in ("0", "1")]

    answers = {}
    for act, fields in sent:
        for headers in ({}, FRAGMENT):
            answer = client.post(f"/do/{act}", fields, headers=headers)
            answers[act, fields.get("verdict", fields.get("is_pair", "")), bool(headers)] = answer.status_code

    assert {act: status for act, status in answers.items() if status >= 500} == {}
    assert faults(client, range_pages(spec, BAD)) == []
