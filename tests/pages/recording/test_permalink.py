import json

import pytest

from recviewer.catalog import indexer
from tests.conftest import exchange
from tests.pages.recording.test_recording import streamed

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(repo):
    """Commit some bytes at a path, take the file away again, and return its blob id."""

    def store(data, path="tests/recordings/old.json"):
        place = repo.top / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        repo.commit("Record the planets")
        blob = repo.blob(path)
        place.unlink()
        repo.commit("gone")
        indexer.refresh(processes=1)
        return blob

    store.repo = repo
    return store


def chat_bytes(**words):
    return json.dumps(exchange(**words), indent=2).encode()


def test_content_that_only_git_has_is_shown_like_a_recording(client, stored):
    blob = stored(chat_bytes(asked="Which planet?", answered="Earth."))

    html = client.get(f"/b/{blob}").content.decode()

    assert "Which planet?" in html
    assert ">Earth.<" in html
    assert "not in the recordings directory; it was read from git" in html
    assert 'data-key="a"' not in html
    assert "Its path is unknown" in html


def test_hint_says_where_it_was_and_history_confirms_it(client, stored):
    blob = stored(chat_bytes())

    right = client.get(f"/b/{blob}?path=tests/recordings/old.json").content.decode()
    wrong = client.get(f"/b/{blob}?path=tests/recordings/other.json").content.decode()

    assert "with “Record the planets”" in right
    assert 'href="/history/tests/recordings/old.json"' in right
    assert "said to have been at" in wrong


@pytest.mark.slow
def test_raw_and_chunk_views_and_folds_work_and_keep_the_hint(client, stored):
    blob = stored(streamed(["Hello ", "world"]))

    page = client.get(f"/b/{blob}?path=tests/recordings/old.json").content.decode()
    raw = client.get(f"/b/{blob}?view=raw").content.decode()
    chunks = client.get(f"/b/{blob}?view=chunks").content.decode()
    part = client.get(f"/b/{blob}?view=raw", headers={"HX-Request": "true"}).content.decode()

    assert f"/b/{blob}?view=raw&amp;path=tests%2Frecordings%2Fold.json" in page
    assert "ChatCompletionChunk" in raw
    assert "4 chunks" in chunks.replace("</b>", "")
    assert 'id="view"' in part
    assert "<html" not in part


def test_download_gives_the_bytes(client, stored):
    data = chat_bytes()
    response = client.get(f"/b/{stored(data)}?download")

    assert response.content == data
    assert response["Content-Type"] == "application/octet-stream"


def test_json_gives_the_contract(client, stored, make_recording):
    blob = stored(chat_bytes(answered="Earth."))
    recording = make_recording("tests/recordings/now.json", answered="Mars.")

    old = client.get(f"/b/{blob}.json?path=tests/recordings/old.json").json()
    new = client.get(f"/b/{recording.blob}.json").json()

    assert (old["path"], old["blob"], old["outputs"][0]["content"]) == ("tests/recordings/old.json", blob, "Earth.")
    assert old["fingerprint"].startswith("2:")
    assert new["path"] == recording.path


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\0\x80",
        b"[" * 5000,
        *(
            pytest.param(data, marks=pytest.mark.slow)
            for data in (b"not json", b"[1, 2]", b'"x"', b'{"a": ', b"null", b"\0" * 5000)
        ),
    ],
)
def test_what_is_no_recording_is_shown_as_it_is(client, stored, data):
    blob = stored(data)

    for query in ("", "?view=raw", "?view=chunks", "?open=x", "?media=x&path=/", "?lines=1-2&view=raw"):
        assert client.get(f"/b/{blob}{query}").status_code in (200, 404), query
    assert client.get(f"/b/{blob}").status_code == 200
    assert client.get(f"/b/{blob}.json").status_code == 200


def test_short_name_leads_to_the_whole_one(client, stored):
    blob = stored(chat_bytes())

    assert client.get(f"/b/{blob[:7].upper()}?path=a.json").url == f"/b/{blob}?path=a.json"
    assert client.get(f"/b/{blob[:7]}.json").url == f"/b/{blob}.json"
    assert client.get(f"/b/{blob[:6]}").status_code == 404


def test_short_name_of_several_lists_them(client, stored, monkeypatch):
    blob = stored(chat_bytes())
    other = stored(chat_bytes(answered="Mars."))
    monkeypatch.setattr("recviewer.pages.recording.permalink.named", lambda here, beginning: [blob, other])

    html = client.get(f"/b/{blob[:7]}").content.decode()

    assert "2 blobs in git begin with" in html
    assert f'href="/b/{other}"' in html


def test_commits_trees_and_unknown_names_are_not_found(client, stored):
    stored(chat_bytes())
    repository = stored.repo

    for name in (repository.git("rev-parse", "HEAD"), repository.git("rev-parse", "HEAD^{tree}"), "1" * 40, "x" * 12):
        response = client.get(f"/b/{name}")
        assert response.status_code == 404, name
        assert "git has no blob of that name" in response.content.decode()


def test_without_a_repository_an_unknown_blob_is_not_found(client, root, settings):
    settings.REPOSITORY = None

    assert "no git repository" in client.get(f"/b/{'1' * 40}").content.decode()


def test_large_contents_are_not_read(client, stored, settings):
    blob = stored(chat_bytes(answered="Too long to be read."))
    settings.FILE_LIMIT_BYTES = 10

    response = client.get(f"/b/{blob}")

    assert response.status_code == 422
    assert "is not read" in response.content.decode()
    assert client.get(f"/difference/?old=blob:{blob}&new=blob:{blob}").status_code == 422


def test_content_of_the_current_commit_is_placed_without_a_hint(client, stored):
    repository = stored.repo
    repository.put("tests/recordings/new.json", answered="Venus.")
    repository.commit("Record Venus")
    blob = repository.blob("tests/recordings/new.json")

    assert "tests/recordings/new.json" in client.get(f"/b/{blob}").content.decode()


def test_hint_chooses_among_recordings_with_one_content(client, make_recording):
    first = make_recording("tests/recordings/a.json")
    make_recording("tests/recordings/b.json")

    assert client.get(f"/b/{first.blob}?path=tests/recordings/b.json").url == "/r/tests/recordings/b.json"
    assert client.get(f"/b/{first.blob}?path=tests/recordings/x.json").status_code == 200


def test_contents_are_compared_wherever_they_are(client, stored, make_recording):
    old = stored(chat_bytes(answered="Earth."))
    new = make_recording("tests/recordings/now.json", answered="Mars.")

    both = client.get(f"/difference/?old=blob:{old}&new=blob:{new.blob}").content.decode()
    mixed = client.get(f"/difference/?old=blob:{old}&new={new.path}").content.decode()

    assert "<del>Earth.</del>" in both
    assert "<ins>Mars.</ins>" in mixed
    assert f'href="/b/{old}"' in both


@pytest.mark.parametrize("name", ["blob:", "blob:123", "blob:" + "1" * 40, "blob:" + "x" * 40, "blob:HEAD"])
def test_comparing_what_is_not_there_is_not_found(client, stored, name):
    blob = stored(chat_bytes())

    assert client.get("/difference/", {"old": name, "new": f"blob:{blob}"}).status_code == 404


def test_a_hosted_instance_shows_no_content_that_is_of_no_recording(client, repo, settings):
    """Who may see recordings need not see the rest of a repository: its sources, and what should not be in it."""
    for path, data in (
        ("deploy/settings.py", b"PASSWORD_OF_PROD = 1\n"),
        ("deploy/conf.json", b'{"name": "x", "PASSWORD_OF_PROD": {"a": 1}}'),
        ("tests/recordings/broken.json", b'{"request": {"meth'),
        ("elsewhere/held.json", chat_bytes(asked="Which moon?")),
    ):
        (repo.top / path).parent.mkdir(parents=True, exist_ok=True)
        (repo.top / path).write_bytes(data)
    then = repo.commit("Begin")
    repo.git("rm", "-rq", ".")
    repo.commit("End")
    source, other, broken, held = (
        repo.blob(path, then)
        for path in ("deploy/settings.py", "deploy/conf.json", "tests/recordings/broken.json", "elsewhere/held.json")
    )
    settings.HOSTED, settings.PUBLIC_READ, settings.BEHIND_PROXY = True, True, False

    for blob in (source, other):
        for rest in ("?download", ".json", "?path=tests/recordings/x.json"):
            response = client.get(f"/b/{blob}{rest}")
            text = b"".join(response) if response.streaming else response.content
            assert response.status_code == 404
            assert b"PASSWORD_OF_PROD" not in text
        assert client.get(f"/difference/?old=blob:{blob}&new=blob:{held}").status_code == 404
    missing = client.get(f"/b/{'1' * 40}").content.decode().replace("1" * 12, "")
    assert client.get(f"/b/{source}").content.decode().replace(source[:12], "") == missing
    assert client.get(f"/b/{broken}?path=tests/recordings/broken.json").status_code == 200
    assert "Which moon?" in client.get(f"/b/{held}").content.decode()
