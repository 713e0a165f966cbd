"""docs/permissions.md lists what every address needs; here that is derived from the addresses, and tried by everybody."""

import inspect
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver, resolve, reverse

from recviewer.pages.models import Membership
from recviewer.pages.site import roles
from recviewer.pages.site.roles import Role
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.review.audit import Action
from recviewer.review.models import AuditEvent, Decision
from recviewer.review.reviews_file import merging
from tests.pages.test_addresses import sample_of
from tests.settings_of import put_doors

DOCUMENT = Path(__file__).parents[3] / "docs" / "permissions.md"
NOON = "2026-01-01T12:00:00Z"
WHO = {Role.NOBODY: "nobody", Role.VIEWER: "vera", Role.REVIEWER: "rita", Role.MAINTAINER: "max", Role.SUPERUSER: "sue"}


def _walk(resolver, space=""):
    for one in resolver.url_patterns:
        if hasattr(one, "url_patterns"):
            yield from _walk(one, one.namespace or space)
        else:
            yield f"{space}:{one.name}" if space else one.name, one


def _methods(view):
    """Return the methods that a view takes, of GET and POST."""
    seen = []
    while view is not None:
        told = inspect.getclosurevars(view).nonlocals if hasattr(view, "__code__") else {}
        if "request_method_list" in told:
            seen = told["request_method_list"]
            break
        view = getattr(view, "__wrapped__", None)
    return [method for method in ("GET", "POST") if method in (seen or ("GET", "POST"))]


ADDRESSES = [
    pytest.param(name, one, method, id=f"{method} {name}")
    for name, one in _walk(get_resolver())
    if not str(one.pattern).startswith("admin/") and name not in ("login", "logout")
    for method in _methods(one.callback)
]


def derived():
    """Return the rows of the table as they have to be: address, method, role."""
    made = set()
    for one in ADDRESSES:
        name, pattern, method = one.values
        role = roles.needed(method, name)
        made.add((re.sub(r"<\w+:(\w+)>", r"<\1>", f"/{pattern.pattern}"), method, role.name.lower()))
    return sorted(made)


def table():
    return [
        f"| `{address}` | {method} | {'anybody' if role == 'nobody' else role} |" for address, method, role in derived()
    ]


def test_the_document_lists_every_address_as_it_is():
    listed = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `/")]

    assert (sorted(set(table()) - set(listed)), sorted(set(listed) - set(table()))) == ([], []), "missing, too many"
    assert len(listed) == len(set(listed))


def test_exceptions_are_of_addresses_that_there_are():
    there = {(method, name) for name, _, method in (one.values for one in ADDRESSES)} | {("POST", "logout")}

    assert roles.EXCEPTIONS.keys() <= there
    assert {name for _, name in there} | {"login"} >= roles.OPEN


@pytest.fixture
def hosted(settings, root, db):
    settings.HOSTED, settings.BEHIND_PROXY, settings.PUBLIC_READ = True, False, False
    put_doors(settings)


@pytest.fixture
def team(hosted):
    made = {}
    for role, name in WHO.items():
        made[role] = Client()
        if role is Role.SUPERUSER:
            made[role].force_login(User.objects.create_superuser(name))
        elif role is not Role.NOBODY:
            user = User.objects.create_user(name)
            if role is not Role.VIEWER:  # who has no role is a viewer
                Membership.objects.create(user=user, role=role.name.lower())
            made[role].force_login(user)
    return made


def _asked(client, name, pattern, method):
    sample = {word: sample_of(word, one) for word, one in pattern.pattern.converters.items()}
    address = reverse(name, kwargs=sample)
    return client.get(address) if method == "GET" else client.post(address)


def _is_let_in(response):
    """Tell whether the view was asked, whatever it said."""
    is_led_away = response.status_code == 302 and response.url.startswith("/login/")
    is_kept = response.status_code == 401 and b"sign" in response.content.lower()
    return not (is_led_away or is_kept or response.has_header("X-Needs-Role"))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "pattern", "method"), ADDRESSES)
def test_each_address_lets_in_whom_it_should(team, name, pattern, method):
    wanted = roles.needed(method, name)

    found = {role: _is_let_in(_asked(client, name, pattern, method)) for role, client in team.items()}

    assert found == {role: role >= wanted for role in team}


@pytest.mark.parametrize(("name", "pattern", "method"), ADDRESSES)
def test_without_a_login_only_reading_where_the_operator_wants_it(hosted, settings, name, pattern, method):
    settings.PUBLIC_READ = True
    is_personal = name.partition(":")[0] in ("activity", "trash", "account", "notices", "presence", "scripts")
    is_open = name in roles.OPEN or (roles.needed(method, name) <= Role.VIEWER and not is_personal)

    response = _asked(Client(), name, pattern, method)

    assert _is_let_in(response) is is_open
    assert response.status_code != 500
    if is_open and name not in roles.OPEN:
        assert response.status_code != 403


def test_a_refusal_says_which_role_is_needed(team, make_recording):
    recording = make_recording()
    sent = {"key": recording.path, "seen": recording.blob, "verdict": "approve"}

    response = team[Role.VIEWER].post("/do/decide", sent)

    assert response.status_code == 403
    page = response.content.decode()
    assert re.search(r"You are signed in as \w+, who may read\. This needs a reviewer: ask a superuser", page)
    assert not Decision.objects.exists()
    assert team[Role.REVIEWER].post("/do/decide", sent).status_code == 303
    assert Decision.objects.get().reviewer == "rita"


@pytest.mark.parametrize("address", ["/login/", "/no/such/page", "/r/no/such.json"])
def test_strangers_are_not_told_what_is_shown(team, settings, address):
    settings.PLACES = replace(settings.PLACES, is_demo=False, mirror=Path("/srv/acme/rockets.git"))
    name = "<bdi>acme/rockets.git</bdi>"

    def told(role):
        return team[role].get(address, follow=True).content.decode()

    assert name not in told(Role.NOBODY)
    assert "ago</span>" not in told(Role.NOBODY)
    assert name in team[Role.VIEWER].get("/").content.decode()
    settings.PUBLIC_READ = True
    assert name in told(Role.NOBODY)


def test_figures_of_readiness_are_for_who_is_signed_in_and_for_this_machine(team):
    def told(role, **more):
        answer = team[role].get("/readyz", **more).json()
        assert answer["ready"] is answer["database"] is answer["recordings"] is True
        return answer["disk_free_bytes"]

    outside = {"headers": {"X-Forwarded-For": "198.51.100.7"}}
    assert told(Role.NOBODY, **outside) is None
    assert told(Role.NOBODY, REMOTE_ADDR="198.51.100.7") is None
    assert told(Role.VIEWER, **outside) > 0
    assert told(Role.NOBODY) > 0


@pytest.fixture
def done(team, make_recording):
    """An act of a maintainer of each kind that reviewers may not do; returns their numbers in the log."""
    one, gone = (make_recording(f"{name}.json") for name in "ab")
    max_ = team[Role.MAINTAINER]
    head, brought = {"recviewer_reviews": 1}, {"type": "tag", "name": "brought", "colour": "teal", "changed": NOON}
    merging.bring_in(f"{json.dumps(head)}\n{json.dumps(brought)}".encode(), actor="max")
    assert max_.post("/do/tag", {"key": one.path, "seen": one.blob, "name": "flaky"}).status_code == 303
    assert max_.post("/tags/rename", {"name": "flaky", "to": "slow"}).status_code < 400
    assert max_.post("/do/trash", {"key": gone.path, "seen": gone.blob, "confirmed": "1"}).status_code == 303
    made = {event.action: event.pk for event in AuditEvent.objects.all()}
    assert made.keys() >= {Action.IMPORT, Action.RETAG, Action.TRASH}
    return [made[one] for one in (Action.IMPORT, Action.RETAG, Action.TRASH)]


def test_what_maintainers_did_reviewers_take_back_no_more_than_they_do_it(team, done):
    offered = team[Role.REVIEWER].get("/activity/").content.decode()
    for event in done:
        assert f'name="event" value="{event}"' not in offered
        assert team[Role.REVIEWER].post("/do/undo", {"event": event}).status_code == 403
        assert not AuditEvent.objects.filter(action=Action.UNDO).exists()

    for event in done:
        assert f'name="event" value="{event}"' in team[Role.MAINTAINER].get("/activity/").content.decode()
        assert team[Role.MAINTAINER].post("/do/undo", {"event": event}).status_code == 303
        assert team[Role.REVIEWER].post("/do/redo", {"event": event}).status_code == 403
    assert AuditEvent.objects.filter(action=Action.UNDO).count() == len(done)
    assert not AuditEvent.objects.filter(action=Action.REDO).exists()


def test_viewers_are_offered_nothing_that_they_may_not(team, make_recording):
    recording = make_recording()

    pages = {role: client.get(f"/r/{recording.path}").content.decode() for role, client in team.items()}

    assert "Your account can read" in pages[Role.VIEWER]
    assert 'value="approve"' not in pages[Role.VIEWER]
    assert 'value="approve"' in pages[Role.REVIEWER]
    assert "Move to trash" not in pages[Role.REVIEWER]
    assert "Move to trash" in pages[Role.MAINTAINER]


class Acts(HTMLParser):
    """Addresses that the forms and buttons of a page post to."""

    def __init__(self, html):
        super().__init__()
        self.found = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "form" and has.get("method") == "post":
            self.found.add(has["action"])
        self.found |= {has[name] for name in ("formaction", "hx-post") if has.get(name)}


def _offered(client, address):
    """Return the roles that the acts of a page need."""
    response = client.get(address)
    assert response.status_code == 200, address
    names = {(resolve(one).view_name, one) for one in Acts(response.content.decode()).found}
    return {name: roles.needed("POST", name) for name, _ in names}


@pytest.fixture
def told(team, make_recording):
    """Pages on which people have said something; returns their addresses."""
    (one, gone), max_ = [make_recording(f"{name}.json") for name in "ab"], team[Role.MAINTAINER]
    named = {"key": one.path, "seen": one.blob}
    for address, more in {
        "/do/decide": {"verdict": "delete"},
        "/do/tag": {"name": "flaky"},
        "/do/note": {"body": "Is it still called?"},
        "/searches/save": {"name": "Slow", "query": "chunks:>5", "next": "/"},
    }.items():
        assert max_.post(address, named | more).status_code < 400, address
    assert max_.post("/do/trash", {"key": gone.path, "seen": gone.blob, "confirmed": "1"}).status_code == 303
    return (
        *(
            "/",
            "/?kind=chat",
            "/bulk/",
            "/tests/",
            "/plan/",
            "/tags/",
            "/searches/",
            "/activity/",
            "/trash/",
            "/changes/",
        ),
        *(f"/r/{one.path}", url_of_test(one.test_id), "/smells/", "/smells/let-be/"),
    )


@pytest.mark.slow
def test_no_page_offers_an_act_that_would_be_refused(team, told):
    for role in (Role.VIEWER, Role.REVIEWER, Role.MAINTAINER):
        beyond = {
            (address, name) for address in told for name, wants in _offered(team[role], address).items() if wants > role
        }
        assert beyond == set()


@pytest.mark.slow
def test_every_act_of_those_pages_is_offered_to_whom_it_is_for(team, told):
    viewers, maintainers = ({name for address in told for name in _offered(team[role], address)} for role in (1, 3))

    assert {
        "review:decide",
        "review:tag",
        "notes:close",
        "searches:remove",
        "tags:rename",
        "trash:restore",
    } <= maintainers - viewers


def test_a_reviewer_moves_no_file_by_undo_or_redo(team, make_recording):
    recording = make_recording()
    sent = {"key": recording.path, "seen": recording.blob, "confirmed": "1"}
    assert team[Role.REVIEWER].post("/do/trash", sent).status_code == 403
    assert team[Role.MAINTAINER].post("/do/trash", sent).status_code == 303
    moved = AuditEvent.objects.get(action=Action.TRASH)

    assert team[Role.REVIEWER].post("/do/undo", {"event": moved.pk}).status_code == 403
    assert AuditEvent.objects.count() == 1
    assert team[Role.MAINTAINER].post("/do/undo", {"event": moved.pk}).status_code == 303
    assert team[Role.REVIEWER].post("/do/redo", {"event": moved.pk}).status_code == 403
    assert AuditEvent.objects.count() == 2


def test_no_view_but_two_goes_without_the_token_of_a_form():
    exempt = {name for name, one in _walk(get_resolver()) if getattr(one.callback, "csrf_exempt", False)}

    assert exempt == {"hooks:take", "notices:off"}


def test_accounts_of_before_keep_their_rights(transactional_db):
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    executor.migrate([("pages", "0001_initial")])
    User.objects.create_user("ana")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    assert Membership.objects.get(user__username="ana").role == "maintainer"
    assert roles.EXCEPTIONS[("POST", "trash:discard")] is Role.SUPERUSER
