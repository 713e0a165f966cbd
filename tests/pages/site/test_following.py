"""Open pages follow what others say: what they ask, and what of them is taken anew."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from recviewer.pages.models import Membership
from recviewer.review import decide
from recviewer.review.subjects import target_of


@pytest.fixture
def ana(settings, root, db):
    settings.HOSTED, settings.BEHIND_PROXY, settings.PUBLIC_READ = True, False, False
    made = Client()
    user = User.objects.create_user("ana")
    Membership.objects.create(user=user, role="reviewer")
    made.force_login(user)
    return made


def at(client, url):
    html = client.get(url).content.decode()
    found = re.search(r'data-followed="([^"]+)" data-followed-at="([^"]+)"', html)
    return found and f"{found[1]}?at={found[2]}"


def approve(row, actor="bob"):
    decide.say(lambda: [target_of(row)], lambda some: iter(()), actor=actor, verdict="approve")


@pytest.mark.parametrize("url", ["/", "/r/tests/recordings/one.json", "/tests/", "/smells/"])
def test_nothing_is_answered_while_nothing_was_said(ana, make_recording, url):
    row = make_recording()
    question = at(ana, url)

    assert ana.get(question).status_code == 204
    approve(row)
    answer = ana.get(question)
    assert (answer.status_code, len(answer.content)) == (200, 16)
    assert ana.get(question.partition("?")[0], {"at": answer.content.decode()}).status_code == 204


def test_ranges_follow_too(ana, spec):
    assert at(ana, f"/changes/{spec}")
    assert at(ana, f"/changes/{spec}?change=tests/recordings/moon.json")


def test_laptop_and_who_is_not_signed_in_ask_nothing(ana, make_recording, settings):
    make_recording()
    settings.PUBLIC_READ = True
    assert at(Client(), "/") is None
    settings.HOSTED = False
    assert at(Client(), "/") is None


def test_question_costs_two_look_ups(ana, make_recording, django_assert_max_num_queries):
    make_recording()
    question = at(ana, "/")

    with django_assert_max_num_queries(4):  # two of them are the session and the account
        ana.get(question)


@pytest.mark.slow
def test_no_part_that_is_taken_anew_holds_a_form(ana, spec, make_recording):
    urls = ["/", "/r/tests/recordings/moon.json", f"/changes/{spec}", f"/changes/{spec}?by=change"]
    urls.append(f"/changes/{spec}?change=tests/recordings/moon.json")
    for url in urls:
        html = ana.get(url).content.decode()
        parts = list(re.finditer(r'<(\w+)[^>]* data-follows="[^"]*"', html))
        assert parts, url
        for part in parts:
            inside = html[part.start() : html.index(f"</{part[1]}>", part.start())]
            assert not re.search("<form|<input|<button", inside), (url, part[0])
