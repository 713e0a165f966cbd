"""The union of recorded lists of models, as replay makes it."""

import json
import re

import pytest

from recviewer.pages.model_lists import listing as all_lists
from recviewer.pages.model_lists import unions
from recviewer.replay.names import name_state

TEST = "tests/integration/chat/test_chat.py::test_list[x]"
COMMON = "tests/integration/common/recordings"
CHAT = "tests/integration/chat/recordings"


def listing(models, *, test=None, host="a.example", path="/v1/v1/models"):
    """A list as it is recorded. path: of the URL; the test counts in the hash of all but `/v1/models`."""
    return {
        "test_id": test,
        "request": {
            "method": "GET",
            "url": f"https://{host}{path}",
            "headers": {},
            "body": {},
            "endpoint": "/v1/models",
            "model": "",
        },
        "response": {
            "body": [
                {"__type__": "openai.types.model.Model", "__data__": {"id": one, "created": created, "object": "model"}}
                for one, created in models.items()
            ],
            "is_streaming": False,
        },
    }


@pytest.fixture
def add(make_recording):
    def add(folder, models, *, name=None, **more):
        document = listing(models, **more)
        name = name or name_state(document, "").expected
        return make_recording(f"{folder}/{name}", data=json.dumps(document).encode())

    return add


def digits(models=(), **more):
    return name_state(listing(dict.fromkeys(models, 1), **more), "").expected.split("-")[1]


def test_files_of_one_request_are_joined(client, add):
    one = add(COMMON, {"b": 86_400, "a": 86_400})
    two = add(COMMON, {"b": 172_800, "c": 86_400}, host="b.example")
    told = client.get(f"/models/{digits()}.json").json()

    assert [(row["id"], row["files"]) for row in told["union"]] == [
        ("a", [one.path]),
        ("b", sorted([one.path, two.path])),
        ("c", [two.path]),
    ]
    assert told["union"][1]["apart"] == {"created": {"172800": 1, "86400": 1}}
    assert (told["models"], told["read"], told["hosts"], told["disagree"]) == (3, 2, ["a.example", "b.example"], 1)
    assert {row["path"]: row["own"] for row in told["sources"]} == {one.path: 1, two.path: 1}
    html = client.get(f"/models/{digits()}").content.decode()
    assert "<b>3 models</b>: 2 files of 2 hosts, joined." in html
    assert "86400 (2 Jan 1970) in 1" in html


def test_test_folder_and_shared_folder_are_read_and_no_other(client, add):
    mine = add(CHAT, {"a": 1}, test=TEST)
    shared = add(COMMON, {"b": 1}, test=TEST)
    other = add("tests/integration/other/recordings", {"c": 1}, test=TEST)
    told = client.get(f"/models/{digits(test=TEST)}.json").json()

    assert [(row["path"], row["is_read"]) for row in told["sources"]] == [
        (mine.path, True),
        (shared.path, True),
        (other.path, False),
    ]
    assert told["sources"][2]["why"] == "in a folder where this request is not looked for"
    assert told["test_id"] == TEST
    assert [row["id"] for row in told["union"]] == ["a", "b"]


def test_request_without_a_test_is_looked_for_in_the_shared_folder_alone(client, add):
    add(COMMON, {"a": 1})
    add(CHAT, {"b": 1})

    assert client.get(f"/models/{digits()}.json").json()["read"] == 1


def test_where_no_folder_is_shared_all_are_taken_to_be_read(client, add):
    add("recordings", {"a": 1})

    assert client.get(f"/models/{digits()}.json").json()["read"] == 1


def test_file_under_another_name_is_not_read_but_by_the_request_of_that_name(client, add):
    name = f"models-{digits()}-01234567.json"
    lost = add(CHAT, {"z": 1}, test=TEST, name=f"models-{'0' * 64}-01234567.json")
    add(COMMON, {"a": 1})
    foreign = add(COMMON, {"y": 1}, test=TEST, name=name)
    mine = client.get(f"/models/{digits(test=TEST)}.json").json()
    shared = client.get(f"/models/{digits()}.json").json()

    assert {row["path"]: row["why"] for row in mine["sources"]} == dict.fromkeys(
        (lost.path, foreign.path), "no rule gives its name"
    )
    assert (mine["models"], mine["read"]) == (0, 0)
    assert [row["id"] for row in shared["union"]] == ["a", "y"]
    assert {row["path"]: row["hash"] for row in shared["sources"]}[foreign.path] == digits(test=TEST)
    assert "Replay finds <b>no list</b>" in client.get(f"/models/{digits(test=TEST)}").content.decode()
    html = client.get(f"/models/{digits()}").content.decode()
    assert f'/models/{digits(test=TEST)}"' in html


def test_models_that_no_host_lists_any_more_are_told_with_who_asks_for_them(client, add, make_recording):
    add(COMMON, {"gpt-4o": 86_400, "spare": 86_400})
    add(COMMON, {"new": 900_000})
    make_recording("tests/recordings/chat.json")
    html = client.get(f"/models/{digits()}").content.decode()

    assert "<b>2</b> of them no host lists any more" in html
    assert "recordings ask for 1 of these" in html
    needed = re.search(r'<section id="needed">.*?</section>', html, re.DOTALL)[0]
    assert 'href="/?model=gpt-4o">1</a>' in needed
    assert "spare" not in needed
    told = client.get(f"/models/{digits()}.json").json()
    assert {row["id"]: (row["is_listed"], row["asked"]) for row in told["union"]} == {
        "gpt-4o": (False, 1),
        "new": (True, 0),
        "spare": (False, 0),
    }


def test_all_requests_are_listed_and_narrowed(client, add):
    add(COMMON, {"a": 1})
    add(COMMON, {"b": 1}, host="b.example")
    add(CHAT, {"a": 1}, test=TEST, name=f"models-{'0' * 64}-01234567.json")
    html = client.get("/models/").content.decode()

    assert "<b>1 of 2 requests</b> for a list of models from <b>2 files</b>" in html
    assert "2 hosts in one list" in html
    assert "replay finds none" in html
    for only, count in {"": 2, "one": 0, "several": 1, "hosts": 1, "left": 1, "lost": 1, "nonsense": 2}.items():
        assert client.get(f"/models/.json?only={only}").json()["total"] == count, only
        assert client.get(f"/models/?only={only}").status_code == 200


def test_many_requests_come_in_parts_that_follow_each_other(client, add, monkeypatch):
    monkeypatch.setattr(all_lists, "PER_PAGE", 2)
    for number in range(5):
        add(CHAT, {"a": 1}, test=f"{TEST}{number}")
    seen, address = [], "/models/.json"
    while address:
        told = client.get(address).json()
        seen += [one["hash"] for one in told["requests"]]
        address = told["next"] and f"/models/.json{told['next']}"

    assert len(seen) == len(set(seen)) == 5
    assert "3 to 4 of 5" in client.get("/models/?page=2").content.decode()


def test_what_is_too_much_to_read_is_said(client, add, monkeypatch):
    monkeypatch.setattr(unions, "MOST", 1)
    add(COMMON, {"a": 1})
    add(COMMON, {"b": 1})

    assert client.get("/models/.json").json()["requests"][0]["not_looked_at"] == 1
    assert "1 file more was not read for this page" in client.get(f"/models/{digits()}").content.decode()
    assert "over 1" in client.get("/models/").content.decode()


def test_file_that_changed_or_is_gone_is_named_as_not_read(client, add, root):
    gone, changed = add(COMMON, {"gone": 1}), add(COMMON, {"changed": 1})
    (root / gone.path).unlink()
    (root / changed.path).write_text("[]")
    told = client.get(f"/models/{digits()}.json").json()

    assert [(row["is_read"], row["models"]) for row in told["sources"]] == [(False, None), (False, None)]
    assert told["union"] == []
    assert client.get(f"/models/{digits()}").status_code == 200


@pytest.mark.slow
def test_list_of_very_many_models_is_shown_in_windows(client, add):
    add(COMMON, {f"model-{number:04}": 1_000_000 + number for number in range(1_500)})
    html = client.get(f"/models/{digits()}?open=every").content.decode()

    assert "model-0199" in html
    assert "model-0200" not in html
    assert "1,300 more models" in html
    part = client.get(f"/models/{digits()}?open=models.200", headers={"HX-Request": "true"})
    assert part.status_code == 404  # it stands inside of another fold
    part = client.get(f"/models/{digits()}?open=every&open=models.200", headers={"HX-Request": "true"})
    assert "model-0200" in part.content.decode()
    told = client.get(f"/models/{digits()}.json").json()
    assert (len(told["union"]), told["next"]) == (1_000, "?page=2")
    assert len(client.get(f"/models/{digits()}.json?page=2").json()["union"]) == 500


def test_hostile_names_are_text(client, add):
    add(COMMON, {"<script>alert(1)</script>": 1, "\u202egnp": 1}, host="a.example")
    html = client.get(f"/models/{digits()}?open=every").content.decode()

    assert "<script>alert" not in html
    assert "\u202e" not in html


def test_recording_of_a_list_leads_to_what_replay_makes_of_it(client, add):
    one = add(COMMON, {"a": 1})
    add(COMMON, {"b": 1})
    html = client.get(f"/r/{one.path}").content.decode()

    assert f'<a href="/models/{digits()}">one of 2 files that replay joins</a>' in html


def test_unknown_request_is_not_found(client, add):
    add(COMMON, {"a": 1})

    assert client.get(f"/models/{'0' * 64}").status_code == 404


def test_request_whose_hash_counts_no_test_is_looked_for_in_every_folder(client, add):
    for folder, test in ((CHAT, None), ("tests/integration/other/recordings", TEST), (COMMON, None)):
        add(folder, {"a": 1} if test else {"b": 1}, test=test, path="/v1/models")
    told = client.get("/models/.json").json()["requests"]

    assert [(one["files"], one["read"], one["test_id"]) for one in told] == [(3, 3, None)]
    assert "1 test</td>" in client.get("/models/").content.decode()


@pytest.mark.usefixtures("root")
def test_without_lists_the_page_says_so(client, db):
    assert "No lists of models here" in client.get("/models/").content.decode()
    assert client.get("/models/.json").json() == {"total": 0, "next": None, "requests": []}


def test_list_whose_request_cannot_be_hashed_is_counted_apart(client, make_recording):
    document = listing({"a": 1})
    del document["request"]["body"]
    make_recording("tests/recordings/x.json", data=json.dumps(document).encode())

    assert "1 list more, whose request’s hash cannot be computed, is in" in client.get("/models/").content.decode()


def test_files_that_can_go_are_named_and_go_to_the_trash_after_a_question(client, add):
    old = add(COMMON, {"a": 86_400})
    kept = add(COMMON, {"a": 86_400, "b": 172_800})
    other = add(CHAT, {"c": 86_400}, test=TEST)

    page = client.get(f"/models/{digits()}").context["page"]
    html = client.get(f"/models/{digits()}").content.decode()
    told = client.get(f"/models/{digits()}.json").json()

    assert [one.path for one in page.needless] == [old.path]
    assert page.needless_size == old.size
    assert "1 file not needed" in html
    assert {one["path"]: one["is_needless"] for one in told["sources"] if one["path"] != other.path} == {
        old.path: True,
        kept.path: False,
    }
    assert "1 file not needed" in client.get("/models/").content.decode()
    asks = client.post("/do/trash", {"item": page.needless_items, "next": f"/models/{digits()}"})
    assert "Move 1 recording to the trash?" in asks.content.decode()
    client.post("/do/trash", {"item": page.needless_items, "next": f"/models/{digits()}", "confirmed": "1"})
    after = client.get(f"/models/{digits()}.json").json()
    assert [one["id"] for one in after["union"]] == [one["id"] for one in told["union"]]
    assert after["needless"] == 0


def test_where_not_all_was_read_nothing_is_said_to_go(client, add, monkeypatch):
    add(COMMON, {"a": 86_400})
    add(COMMON, {"a": 86_400, "b": 172_800})
    monkeypatch.setattr(unions, "MOST", 1)

    assert client.get(f"/models/{digits()}").context["page"].needless == ()
