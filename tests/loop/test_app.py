"""The loop with a GitHub App in place of a token."""

import dataclasses
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from recviewer.hosts import app, configured
from recviewer.hosts.app import AppKey
from recviewer.hosts.contract import RecordRun
from recviewer.loop import jobs
from recviewer.loop.models import HostJob, JobKind


@pytest.fixture
def kind():
    return "github"


@pytest.fixture(scope="module")
def pair():
    """A private key and its public one, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    return private.decode(), public.decode()


@pytest.fixture
def with_app(loop, settings, pair):
    settings.HOST = dataclasses.replace(settings.HOST, token="", app=AppKey("Iv1.abc", pair[0]))
    loop.stand_in.app = ("Iv1.abc", pair[1])
    app._kept.clear()
    return loop


@pytest.mark.slow
def test_status_and_comment_are_those_of_the_app(with_app, quiet):
    head = with_app.push(3, "new answers", ada="ada is there.")

    with_app.work()
    with_app.decide(3)
    with_app.work(quiet)

    assert with_app.states(head) == ["pending", "success"]
    assert [one["by"] for one in with_app.stand_in.comments] == ["recviewer-app[bot]"]
    assert len(with_app.stand_in.granted) == 1


@pytest.mark.slow
def test_an_app_that_starts_runs_asks_for_that_right(with_app, settings):
    settings.HOST = dataclasses.replace(settings.HOST, record=RecordRun("main", "record.yml"))
    with_app.stand_in.rights = {**with_app.stand_in.rights, "actions": "write"}
    with_app.push(3, "new answers", ada="ada is there.")

    with_app.work()

    assert with_app.states() == ["pending"]


@pytest.mark.slow
def test_a_token_is_replaced_before_it_ends(with_app):
    with_app.stand_in.lifetime = app.EARLY_SECONDS - 1
    with_app.push(3, "new answers", ada="ada is there.")

    with_app.work()

    assert len(with_app.stand_in.granted) > 1
    assert with_app.states() == ["pending"]


@pytest.mark.slow
def test_a_token_that_was_withdrawn_is_asked_for_anew(with_app):
    with_app.push(3, "new answers", ada="ada is there.")
    with_app.work()
    with_app.stand_in.granted.clear()
    head = with_app.push(3, "another", bob="bob is gone.")
    jobs.ask(JobKind.LOOK, 3)

    with_app.work()
    assert HostJob.objects.get(kind=JobKind.LOOK).state == "failed"
    with_app.work(jobs.REFUSED_WAIT + 1)

    assert with_app.states(head) == ["pending"]


@pytest.mark.slow
def test_a_key_of_another_is_refused_and_shown(with_app, settings):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip
    settings.HOST = dataclasses.replace(settings.HOST, app=AppKey("Iv1.abc", pem.decode()))

    with_app.work()

    assert "401" in HostJob.objects.get(kind=JobKind.LIST).error
    with_app.stand_in.wrong.clear()


def test_the_key_is_tried_at_the_start_and_never_printed(tmp_path, pair):
    place = tmp_path / "key.pem"
    with pytest.raises(ValueError, match="a file that can be read"):
        configured.app_key("1", str(place))
    place.write_text("no key")
    with pytest.raises(ValueError, match="not a private key"):
        configured.app_key("1", str(place))
    place.write_text(pair[1])
    with pytest.raises(ValueError, match="not a private key"):
        configured.app_key("1", str(place))
    place.write_text(pair[0])
    assert "PRIVATE" not in repr(configured.app_key("1", str(place)))


@pytest.mark.slow
@pytest.mark.processes
def test_settings_that_do_not_fit_stop_the_start(tmp_path):
    said = {
        "RECVIEWER_HOST": "github",
        "RECVIEWER_HOST_PROJECT": "a/b",
        "RECVIEWER_FETCH_FROM": "https://github.com/a/b",
        "RECVIEWER_PUBLIC_URL": "https://x.example",
        "RECVIEWER_HOST_TOKEN": "t" * 20,
        "RECVIEWER_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "recviewer.settings",
    }

    def start(**more):
        import os

        told = {name: value for name, value in os.environ.items() if not name.startswith("RECVIEWER_")} | said | more
        command = [
            sys.executable,
            "-c",
            "import django; django.setup(); from django.conf import settings; settings.HOST",
        ]
        return subprocess.run(command, env=told, capture_output=True, text=True, check=False)

    assert start().returncode == 0
    for name, value in (
        ("RECVIEWER_HOST", "bitbucket"),
        ("RECVIEWER_HOST_PROJECT", ""),
        ("RECVIEWER_FETCH_FROM", ""),
        ("RECVIEWER_PUBLIC_URL", ""),
        ("RECVIEWER_HOST_TOKEN", "short"),
        ("RECVIEWER_HOST_API", "http://elsewhere.example"),
        ("RECVIEWER_HOST_SECONDS", "1"),
        ("RECVIEWER_HOOK_SECRET", "short"),
        ("RECVIEWER_HOST_APP", "a b"),
        ("RECVIEWER_PUSH_PLANS", "perhaps"),
        ("RECVIEWER_RECORD_REF", "main..x"),
    ):
        done = start(**{name: value})
        assert (done.returncode, name in done.stderr) == (1, True), (name, done.stderr)
        assert "Traceback" not in done.stderr
    assert "RECVIEWER_HOST_API" in start(RECVIEWER_HOST="forgejo").stderr
    assert "RECVIEWER_RECORD_WORKFLOW" in start(RECVIEWER_RECORD_REF="main").stderr
    assert (
        "RECVIEWER_RECORD_WORKFLOW" in start(RECVIEWER_RECORD_REF="main", RECVIEWER_RECORD_WORKFLOW="../x.yml").stderr
    )
    assert "RECVIEWER_HOST_APP_KEY" in start(RECVIEWER_HOST_APP="Iv1.x").stderr
