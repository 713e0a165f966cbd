import json
from io import BytesIO, TextIOWrapper

import pytest
from django.core.management import CommandError, call_command

from recviewer.pages.recordings.sought import NoRequest, by_body, by_digits
from recviewer.replay.names import name_state
from tests.conftest import exchange

TEST = "tests/integration/sky/test_sky.py::test_colour[x]"


def named(data):
    return name_state(data, "").expected


@pytest.fixture
def sky(make_recording):
    """Two recordings of one test that replay finds, one under an older name, and one of another test."""
    made = {}
    for asked in ("Which colour has the sky?", "How deep is the sea?"):
        data = exchange(asked=asked, test=TEST)
        made[asked] = make_recording(f"tests/integration/sky/recordings/{named(data)}", data=json.dumps(data).encode())
    old = exchange(asked="Which colour has the sun?", test=TEST)
    made["old"] = make_recording(
        "tests/integration/sky/recordings/" + "0" * 64 + ".json", data=json.dumps(old).encode()
    )
    make_recording(
        "tests/integration/sea/recordings/other.json", asked="Which colour has the sky?", test="t.py::test_x"
    )
    return made


def test_recording_with_the_hash_is_named(sky):
    one = sky["Which colour has the sky?"]
    found = by_digits(one.path.rpartition("/")[2].removesuffix(".json"))

    assert [other.path for other in found.named] == [one.path]
    assert [place.is_there for place in found.places] == [True, False]
    assert [place.path.rpartition("/")[0] for place in found.places] == [
        "tests/integration/sky/recordings",
        "tests/integration/common/recordings",
    ]


def test_request_under_another_name_is_found_with_the_field_that_moved_the_hash(sky):
    digits = named(exchange(asked="Which colour has the sun?", test=TEST)).removesuffix(".json")
    found = by_digits(digits)

    assert [one.path for one in found.holders] == [sky["old"].path]
    assert found.named == ()
    assert [len(one.moving) for one in found.near] == [0, 1, 1]
    assert [field.change.path for field in found.nearest_found.moving] == ["body.messages[0].content"]


def test_request_that_is_given_is_compared_with_its_test(sky):
    data = exchange(asked="Which colour has the moon?", test=TEST)

    for given in (data, data["request"], data["request"]["body"]):
        found = by_body(given, test_id=TEST, url="https://elsewhere.example/v1/chat/completions")
        assert found.digits == named(data).removesuffix(".json")
        assert found.nearest_found.moving[0].change.new == "Which colour has the moon?"
        assert not any(place.is_there for place in found.places)


@pytest.mark.parametrize(
    "given", [None, [], 3, {"request": {}}, {"request": {"method": "POST", "url": "http://[", "body": {}}}]
)
def test_what_is_no_request_is_refused(sky, given):
    with pytest.raises(NoRequest):
        by_body(given)


def test_page_tells_where_replay_looks_and_what_moved_the_hash(client, sky):
    digits = named(exchange(asked="Which colour has the sun?", test=TEST)).removesuffix(".json")
    html = client.get(f"/hash/{digits}").content.decode()

    assert "No file has this name; one recording holds exactly this request under an older name; " in html
    assert "the nearest that replay finds differs in one field." in html
    assert "<del>" in html
    assert "<ins>sun</ins>" in html
    told = client.get(f"/hash/{digits}.json").json()
    assert told["holders"] == [sky["old"].path]
    assert told["near"][1]["moving"] == ["body.messages[0].content"]


def test_page_of_a_hash_that_names_a_file_says_so(client, sky):
    digits = sky["How deep is the sea?"].path.rpartition("/")[2].removesuffix(".json")

    assert "<h1>One file is named by this hash" in client.get(f"/hash/{digits}").content.decode()


def test_pasted_hash_that_nothing_has_leads_to_its_page(client, sky):
    response = client.get("/", {"q": f"Recording not found for request hash: {'ab' * 32}"}, follow=True)

    assert response.redirect_chain[-1][0] == f"/hash/{'ab' * 32}"
    assert "no recording says what was asked" in response.content.decode()
    live = client.get("/", {"q": "ab" * 32}, headers={"HX-Request": "true"}).content.decode()
    assert f"/hash/{'ab' * 32}" in live
    assert client.get("/hash/nothing").status_code == 404


def test_pasted_body_is_answered_and_nothing_of_it_is_kept(client, sky):
    body = exchange(asked="Which colour has the moon?")["request"]["body"]
    response = client.post("/hash/", {"body": json.dumps(body), "test": TEST, "url": ""})

    assert "<ins>moon</ins>" in response.content.decode()
    assert client.post("/hash/", {"body": "{", "test": ""}).status_code == 400
    assert client.get("/hash/").status_code == 200


def of_command(capsys, *arguments):
    capsys.readouterr()
    call_command("find-hash", *arguments)
    return capsys.readouterr().out


def test_command_tells_the_same(sky, capsys, tmp_path, monkeypatch):
    data = exchange(asked="Which colour has the moon?", test=TEST)
    place = tmp_path / "request.json"
    place.write_text(json.dumps(data["request"]["body"]))

    out = of_command(capsys, str(place), "--test", TEST)
    assert named(data).removesuffix(".json") in out
    assert "asked    Which colour has the moon?" in out
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(json.dumps(data).encode())))
    assert "asked    Which colour has the moon?" in of_command(capsys, "-")
    assert "The request is not known" in of_command(capsys, "ab" * 32)
    assert sky["old"].path in of_command(capsys, "0" * 64)
    with pytest.raises(CommandError, match="is not a hash") as refused:
        call_command("find-hash", "nothing")
    assert refused.value.returncode == 2
