"""Signing in: waits after failures, whoever tries and wherever; rules for passwords; what a hosted instance refuses."""

import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from recviewer.commands.management.commands import createsuperuser
from recviewer.pages.models import Knock
from recviewer.pages.site import login_attempts

PASSWORD = "fourteen grey herons"


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch):
    """Time passes only by `wait`, however long a test takes."""
    now = timezone.now()
    monkeypatch.setattr(login_attempts, "timezone", SimpleNamespace(now=lambda: now))


@pytest.fixture
def ana(django_user_model, settings, root, db):
    settings.HOSTED = True
    settings.BEHIND_PROXY = False
    return django_user_model.objects.create_user("ana", password=PASSWORD)


@pytest.fixture
def sign_in(client):
    def send(name="ana", password=PASSWORD, address="192.0.2.1", **headers):
        sent = {"username": name, "password": password}
        return client.post(reverse("login"), sent, REMOTE_ADDR=address, headers=headers)

    return send


def wait(seconds):
    Knock.objects.update(last=F("last") - timedelta(seconds=seconds))


def test_after_five_wrong_passwords_each_try_waits_twice_as_long(ana, sign_in):
    answers = [sign_in(password="wrong").status_code for _ in range(5)]
    first = sign_in()
    wait(2)
    again = sign_in(password="wrong")
    second = sign_in()

    assert answers == [200] * 5
    assert (first.status_code, first["Retry-After"]) == (429, "2")
    assert "Try again in 2 seconds" in first.content.decode()
    assert again.status_code == 200
    assert (second.status_code, second["Retry-After"]) == (429, "4")
    wait(4)
    assert sign_in().status_code == 302


def test_a_try_that_has_to_wait_does_not_lengthen_the_wait(ana, sign_in):
    for _ in range(5):
        sign_in(password="wrong")

    waits = {sign_in(password="wrong")["Retry-After"] for _ in range(20)}

    assert waits == {"2"}


def test_nobody_waits_longer_than_a_quarter_of_an_hour_and_an_hour_forgets(ana, sign_in, client):
    sign_in(password="wrong")
    Knock.objects.update(count=1000)

    told = sign_in()

    assert int(told["Retry-After"]) <= 900
    wait(901)
    assert sign_in().status_code == 302
    client.post(reverse("logout"))
    wait(3601)
    sign_in(name="ben", password="wrong", address="198.51.100.9")
    assert set(Knock.objects.values_list("count", flat=True)) == {1}


@pytest.mark.slow
def test_one_address_that_tries_many_names_waits(ana, sign_in):
    answers = [sign_in(name=f"user{number}", password="wrong").status_code for number in range(22)]

    assert answers == [200] * 20 + [429] * 2
    assert sign_in(address="192.0.2.2").status_code == 302


def test_addresses_of_one_network_of_ipv6_are_one(ana, sign_in):
    answers = [
        sign_in(name=f"user{number}", password="wrong", address=f"2001:db8::{number:x}").status_code
        for number in range(21)
    ]

    assert answers[-1] == 429


def test_whoever_signed_in_before_is_not_shut_out_by_others(ana, sign_in, client):
    assert sign_in().status_code == 302
    client.post(reverse("logout"))
    known = client.cookies.pop(login_attempts.COOKIE)
    for number in range(12):
        sign_in(password="wrong", address=f"192.0.2.{number}")
    assert sign_in().status_code == 429

    client.cookies[login_attempts.COOKIE] = known.value

    assert sign_in().status_code == 302


def test_a_known_browser_has_its_own_waits_and_is_known_by_one_name(ana, sign_in, client):
    sign_in()
    client.post(reverse("logout"))

    answers = [sign_in(password="wrong").status_code for _ in range(6)]
    others = [sign_in(name="ben", password="wrong").status_code for _ in range(6)]

    assert answers == others == [200] * 5 + [429]


def test_no_name_or_address_is_kept_as_it_is(ana, sign_in):
    sign_in(name="a password typed into the wrong field", password="wrong")

    assert {len(key) for key in Knock.objects.values_list("key", flat=True)} == {64}


@pytest.mark.parametrize(
    ("is_behind", "sent", "address"),
    [
        (True, "203.0.113.5", "203.0.113.5"),
        (True, "10.0.0.1, 203.0.113.5", "203.0.113.5"),
        (True, "", "192.0.2.1"),
        (True, "nonsense", ""),
        (True, "::ffff:203.0.113.5", "203.0.113.5"),
        (False, "203.0.113.5", "192.0.2.1"),
    ],
)
def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(rf, settings, is_behind, sent, address):
    settings.BEHIND_PROXY = is_behind
    headers = {"X-Forwarded-For": sent} if sent else {}

    assert login_attempts.address_of(rf.get("/", REMOTE_ADDR="192.0.2.1", headers=headers)) == address


def test_names_that_exist_and_names_that_do_not_are_answered_alike(ana, sign_in, monkeypatch):
    from django.contrib.auth import hashers

    hashed = []
    plain = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher,
        "encode",
        lambda self, *given, **more: hashed.append(1) or plain(self, *given, **more),
    )
    answers = []
    for name in ("ana", "nobody"):
        answers.append(sign_in(name=name, password="wrong").content.decode().count("password is wrong"))

    assert answers == [1, 1]
    assert len(hashed) == 2


@pytest.mark.parametrize("password", ["a", "password1234", "123456789012", "anastasia-ana"])
def test_createsuperuser_refuses_what_is_easily_guessed(db, django_user_model, monkeypatch, password):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    name = "anastasia-ana"

    with pytest.raises(CommandError, match="password"):
        call_command(
            createsuperuser.Command(), "--noinput", f"--username={name}", "--email=a@example.com", stdout=StringIO()
        )

    assert not django_user_model.objects.exists()


@pytest.mark.slow
def test_createsuperuser_creates_the_tables_first(tmp_path):
    env = {**os.environ, "RECVIEWER_DATA": str(tmp_path / "data"), "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    words = ["createsuperuser", "--noinput", "--username=ana", "--email=a@example.com"]

    done = subprocess.run(
        [sys.executable, "-m", "recviewer", *words], env=env, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "created" in done.stdout


def test_createsuperuser_takes_a_good_password(db, django_user_model, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command(createsuperuser.Command(), "--noinput", "--username=ana", "--email=a@example.com", stdout=StringIO())

    assert django_user_model.objects.get().check_password(PASSWORD)


HOSTED = {
    "RECVIEWER_HOSTED": "1",
    "RECVIEWER_PROXY": "1",
    "RECVIEWER_SECRET_KEY": "k1W-x" * 10,
    "RECVIEWER_ALLOWED_HOSTS": "recordings.example.com",
    "RECVIEWER_TRUSTED_ORIGINS": "https://recordings.example.com",
}
"""As the README has it."""


def hosted(folder, *command, **more):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RECVIEWER_", "DJANGO_"))}
    environment |= {**HOSTED, "RECVIEWER_DATA": str(folder), **more}
    here = Path(__file__).parents[3]
    return subprocess.run(
        [sys.executable, *command], cwd=here, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_check_deploy_finds_nothing(tmp_path):
    done = hosted(tmp_path, "-m", "recviewer", "check", "--deploy", "--fail-level", "INFO")

    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("secret", ["x" * 64, "k1W-x" * 9, ""])
def test_a_secret_that_is_short_or_dull_stops_the_start(tmp_path, secret):
    done = hosted(tmp_path, "-m", "recviewer", "check", "--deploy", RECVIEWER_SECRET_KEY=secret)

    assert done.returncode == 2
    assert "50 characters" in done.stderr


ASK = """
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from recviewer.commands.start import prepare
prepare(static=True)
client = Client(headers={"Host": "recordings.example.com"})
def told(path, **more):
    answer = client.get(path, **more)
    print(answer.status_code, answer.get("Location"), answer.get("Strict-Transport-Security"), answer.get("Cache-Control"))
told("/")
told("/", secure=True)
told("/healthz")
told("/admin/login/?next=/admin/", secure=True)
told("/login/?next=/trash/", secure=True)
client.post("/admin/login/", {"username": "a", "password": "b"}, secure=True)
from django.contrib.auth.models import User
client.force_login(User.objects.create_user("ben"))
told("/trash/", secure=True)
told("/admin/login/?next=/admin/", secure=True)
told("/static/img/favicon.svg", secure=True)
"""


@pytest.mark.slow
def test_a_hosted_instance_asks_for_tls_and_keeps_no_page(tmp_path):
    done = hosted(tmp_path, "-c", ASK, DJANGO_SETTINGS_MODULE="recviewer.settings")

    always = "max-age=31536000; includeSubDomains; preload"
    assert done.stdout.splitlines() == [
        "301 https://recordings.example.com/ None None",
        f"302 /login/?next=/ {always} no-store",
        "200 None None None",
        f"302 /login/?next=%2Fadmin%2F {always} no-store",
        f"200 None {always} max-age=0, no-cache, no-store, must-revalidate, private",
        f"200 None {always} no-store",
        f"403 None {always} no-store",
        f"200 None {always} max-age=60, public",
    ], done.stderr
