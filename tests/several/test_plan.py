import os

import pytest

from recviewer.several import plan as plans
from recviewer.several.plan import BadPlan


def test_what_is_of_all_holds_for_each_and_ones_own_goes_first(told):
    told["common"] = {"RECVIEWER_LOG_FORMAT": "json", "RECVIEWER_LOG_LEVEL": "INFO"}
    told["repositories"]["rockets"] |= {"RECVIEWER_LOG_LEVEL": "ERROR", "title": "Rockets", "listed": True}

    rockets, gliders = plans.of(told).instances

    assert rockets.variables == {"RECVIEWER_LOG_FORMAT": "json", "RECVIEWER_LOG_LEVEL": "ERROR"}
    assert gliders.variables == {"RECVIEWER_LOG_FORMAT": "json", "RECVIEWER_LOG_LEVEL": "INFO"}
    assert (rockets.title, rockets.is_listed, rockets.account) == ("Rockets", True, "recviewer-rockets")
    assert (gliders.title, gliders.is_listed, gliders.workers) == ("gliders", False, 1)


def put(told, way, value):
    *before, last = way.split("/")
    for step in before:
        told = told.setdefault(step, {})
    told[last] = value


@pytest.mark.parametrize(
    ("way", "value", "says"),
    [
        ("address", "recordings.example.com", "such as https://recordings.example.com"),
        ("address", "https://recordings.example.com/?x", "such as https"),
        ("folder", "var/lib", "an absolute path"),
        ("folder", "/var/../etc", "an absolute path"),
        ("port", 80, "from 1024"),
        ("port", 8001, "port 8001 stands twice"),
        ("port", True, "takes a number"),
        ("one_account", 1, "true or false"),
        ("repositories", {}, "names no repository"),
        ("repositories/Rockets", {"port": 8003}, "not a name of a repository"),
        ("repositories/../x", {"port": 8003}, "not a name of a repository"),
        ("repositories/static", {"port": 8003}, "begins as pages here do"),
        ("repositories/rockets/port", 8002, "port 8002 stands twice"),
        ("repositories/rockets/ports", 8003, "ports is unknown"),
        ("repositories/rockets/title", "a\nb", "1 to 100 characters"),
        ("repositories/rockets/workers", 0, "from 1 to 64"),
        ("repositories/rockets/account", "root", "not root's"),
        ("repositories/rockets/account", 0, "not root's"),
        ("repositories/rockets/RECVIEWER_DATA", "/x", "follows from the file"),
        ("repositories/rockets/RECVIEWER_SECRET_KEY", "x" * 50, "follows from the file"),
        ("repositories/rockets/RECVIEWER_REPO", ["x"], "a text of one line"),
        ("repositories/rockets/RECVIEWER_REPO", "a\nRECVIEWER_DATA=/x", "a text of one line"),
        ("common/RECVIEWER_METRICS_TOKEN", "a" * 20, "stands twice"),
        ("common/RECVIEWER_HOOK_SECRET", "a" * 20, "stands twice"),
        ("common/DATABASE_URL", "postgres://a:secret@db/x", "stands twice"),
        ("common/lower", "x", "in capitals"),
        ("commons", {}, "commons is unknown"),
    ],
)
def test_what_cannot_be_is_a_sentence(told, way, value, says):
    put(told, way, value)

    with pytest.raises(BadPlan, match=says) as bad:
        plans.of(told)

    assert "secret" not in str(bad.value)


def test_databases_of_one_user_are_refused(told):
    told["repositories"]["rockets"]["DATABASE_URL"] = "postgres://team:a@db/rockets"
    told["repositories"]["gliders"]["DATABASE_URL"] = "postgres://team:a@db/gliders"
    with pytest.raises(BadPlan, match="user of PostgreSQL team at db: stands twice"):
        plans.of(told)

    told["repositories"]["gliders"]["DATABASE_URL"] = "postgres://other:a@db/gliders"
    assert len(plans.of(told).instances) == 2


def test_accounts_are_apart_unless_the_operator_wants_one(told):
    for one in told["repositories"].values():
        one["account"] = "team"
    assert plans.of(told).is_one_account

    del told["one_account"]
    with pytest.raises(BadPlan, match="account team stands twice"):
        plans.of(told)


@pytest.mark.parametrize("proxies", ["127.0.0.1", "10.0.0.0/8,::1", "127.0.0.0/8"])
def test_no_process_beside_may_say_who_somebody_is(told, proxies):
    told["common"] = {"RECVIEWER_LOGIN_HEADER": "X-Remote-User", "RECVIEWER_LOGIN_PROXIES": proxies}
    with pytest.raises(BadPlan, match="could be anybody here"):
        plans.of(told)

    told["common"]["RECVIEWER_LOGIN_PROXIES"] = "10.0.0.0/8"
    assert len(plans.of(told).instances) == 2


def test_a_file_that_others_may_read_is_refused(tmp_path):
    place = tmp_path / "several.toml"
    place.write_text('address = "https://e.example"\n[repositories.rockets]\nport = 8001\n')
    place.chmod(0o644)
    with pytest.raises(BadPlan, match="chmod 600"):
        plans.read(place)

    place.chmod(0o600)
    assert [one.name for one in plans.read(place).instances] == ["rockets"]


def test_a_file_of_another_account_is_refused(tmp_path, monkeypatch):
    place = tmp_path / "several.toml"
    place.write_text('address = "https://e.example"\n[repositories.rockets]\nport = 8001\n')
    place.chmod(0o600)
    if place.stat().st_uid == 0:
        os.chown(place, 12345, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)

    with pytest.raises(BadPlan, match="chown root"):
        plans.read(place)


@pytest.mark.parametrize("text", ["address = ", "\xff"])
def test_a_file_that_is_none_is_a_sentence(tmp_path, text):
    place = tmp_path / "several.toml"
    place.write_text(text, "latin-1")

    with pytest.raises(BadPlan):
        plans.read(place)
    with pytest.raises(BadPlan, match="cannot be read"):
        plans.read(tmp_path / "nothing")
