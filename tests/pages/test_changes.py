import json

import pytest


def test_range_is_told_in_a_sentence_and_a_row_for_each_change(client, spec):
    page = client.get(f"/changes/{spec}").context["page"]

    assert page.files == 3
    assert page.need_you == 3
    assert sorted(row.change.churn.value for row in page.rows) == ["gone", "new", "text"]


def test_changes_are_filtered_by_class(client, spec):
    rows = client.get(f"/changes/{spec}?class=text").context["page"].rows

    assert [row.change.side.path for row in rows] == ["tests/recordings/moon.json"]


def test_one_change_is_shown_in_words(client, spec):
    html = client.get(f"/changes/{spec}?change=tests/recordings/moon.json").content.decode()

    assert "<del>384,400</del>" in html
    assert "<ins>384,401</ins>" in html
    assert "paired by path" in html


@pytest.mark.parametrize("name", ["new", "old"])
def test_new_and_gone_recordings_have_a_page(client, spec, name):
    assert client.get(f"/changes/{spec}?change=tests/recordings/{name}.json").status_code == 200


def test_approved_meaning_needs_nobody(client, spec, make_recording):
    from recviewer.catalog.models import Recording

    new = Recording.objects.get(path="tests/recordings/moon.json")
    client.post("/do/decide", {"key": new.path, "seen": new.blob, "verdict": "approve", "next": "/"})

    assert client.get(f"/changes/{spec}").context["page"].need_you == 2


def test_range_has_the_public_json(client, spec):
    told = json.loads(client.get(f"/changes/{spec}.json").content)

    assert (told["files_changed"], told["added"], told["modified"], told["deleted"]) == (3, 1, 1, 1)


def test_typed_range_leads_to_its_page(client, spec):
    assert client.get("/changes/", {"range": spec})["Location"] == f"/changes/{spec}"


@pytest.mark.parametrize("typed", ["nowhere...main", "--upload-pack=x", "main:file", "..."])
def test_range_that_is_none_says_why(client, spec, typed):
    response = client.get("/changes/", {"range": typed})

    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_pull_requests_are_listed(client, spec, commit):
    commit.git("update-ref", "refs/pull/12/head", "HEAD")

    html = client.get("/changes/").content.decode()

    assert "#12" in html
    assert "after" in html


def test_tree_outside_any_repository_says_so(client, root, db, settings):
    settings.REPOSITORY = root

    assert "no git repository" in client.get("/changes/").content.decode()


def test_unknown_change_is_not_found(client, spec):
    assert client.get(f"/changes/{spec}?change=nothing.json").status_code == 404


def test_same_change_is_decided_together_and_is_one_undo(client, commit, make_recording):
    from recviewer.review.models import AuditEvent, Standing

    for number in range(3):
        make_recording(f"tests/recordings/{number}.json", asked=f"Is llama-stack number {number} fine?")
    base = commit("before")
    for number in range(3):
        make_recording(f"tests/recordings/{number}.json", asked=f"Is ogx number {number} fine?")
    spec = f"{base}...{commit('after')}"
    row = client.get(f"/changes/{spec}").context["page"].rows[0]
    around = client.get(row.url).context["around"]

    client.post("/do/decide", {"item": around["items"], "verdict": "approve", "next": around["after"]})

    assert row.alike == 2
    assert around["here"] == 3
    assert Standing.objects.count() == 3
    assert AuditEvent.objects.get().count == 3
    client.post("/do/undo", {"next": "/"})
    assert not Standing.objects.exists()


def test_change_that_is_not_in_the_tree_says_how_to_decide(client, spec, root):
    (root / "tests/recordings/moon.json").write_bytes(b"{}")
    from recviewer.catalog import indexer

    indexer.refresh(processes=1)

    html = client.get(f"/changes/{spec}?change=tests/recordings/moon.json").content.decode()

    assert "with this head checked out" in html
