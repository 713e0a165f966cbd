import subprocess

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied

from recviewer.review import actors


@pytest.fixture(autouse=True)
def fresh():
    actors.local_actor.cache_clear()
    yield
    actors.local_actor.cache_clear()


def test_git_names_the_local_user(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    subprocess.run(["git", "-C", tmp_path, "config", "user.name", "  Ana\tMaria "], check=True)

    assert actors.local_actor(tmp_path) == "Ana Maria"


def test_without_git_the_login_name_counts(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "ana")

    assert actors.local_actor(tmp_path) == "ana"


def test_a_directory_that_is_not_there_is_no_failure(tmp_path, monkeypatch):
    monkeypatch.setenv("LOGNAME", "ana")

    assert actors.local_actor(tmp_path / "gone") == "ana"


def test_somebody_without_any_name_still_acts(tmp_path, monkeypatch):
    monkeypatch.setattr(actors, "user_name", lambda root: "")
    monkeypatch.setattr(actors, "_login_name", lambda: "")

    assert actors.local_actor(tmp_path) == "local user"


def test_who_is_logged_in_acts(rf, settings):
    request = rf.get("/")
    request.user = User(username="ben")

    assert actors.actor_of(request) == "ben"


def test_a_hosted_instance_wants_a_login(rf, settings):
    settings.HOSTED = True
    request = rf.get("/")
    request.user = AnonymousUser()

    with pytest.raises(PermissionDenied):
        actors.actor_of(request)
