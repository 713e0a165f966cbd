"""Nothing that leaves the product has a secret in it: every page, command, form of a report, and what the index holds."""

import html
import json
import re
from functools import cache

import pytest
from django.core.management import call_command
from django.db import connection

from recviewer.catalog import indexer, tree_findings
from recviewer.catalog.models import Recording
from recviewer.checking import running
from recviewer.recorders.reading import read_file
from recviewer.recorders.registry import read_as
from tests.secrets.planted_tree import FIELDS, OTHERS, plant
from tests.secrets.planting import SECRETS
from tests.secrets.planting_services import SERVICES

WINDOW = 14
"""Characters of a secret in a row that nobody may see."""


def leaks(text):
    """The names of the secrets of which a text has a part."""
    whole = {
        text,
        html.unescape(text),
        text.replace("\\/", "/").replace("\\n", "\n"),
        re.sub(r"<[^>]*>", "", html.unescape(text)),
    }
    return sorted(
        name
        for name, (_, secret) in (SECRETS | SERVICES).items()
        if any(part in one for part in parts(secret) for one in whole)
    )


def parts(secret):
    middle = secret[len(secret) // 3 :] if len(secret) < 40 else secret[12:]
    return [middle[at : at + WINDOW] for at in range(0, max(1, len(middle) - WINDOW), WINDOW)]


@pytest.mark.slow
def test_the_check_itself_finds_all(tmp_path):
    plant(tmp_path, [*SECRETS, OTHERS])
    text = "\n".join(place.read_text() for place in tmp_path.rglob("*") if place.is_file())

    assert leaks(text) == sorted(SECRETS | SERVICES)


@pytest.mark.slow
def test_every_planted_secret_is_found_in_every_field(tmp_path):
    plant(tmp_path, SECRETS)
    missed = []
    for place in sorted(tmp_path.rglob("*.*")):
        data = place.read_bytes()
        key = str(place.relative_to(tmp_path))
        for part in read_file(data, read_as(key)):
            exchange = part.reading.exchange
            assert exchange.kind.value not in ("unreadable", "unknown"), place
            is_planted = "Plain?" not in repr(exchange.request)
            if is_planted and not any(one.level != "grey" for one in exchange.secrets):
                missed.append((exchange.test_id, key))
    assert missed == []
    assert len(SECRETS) * (len(FIELDS) + 2) > 450


@pytest.fixture
def planted(repo, root):
    repo.put("tests/recordings/" + "0" * 64 + ".json", asked="Plain?", answered="Plain.")
    base = repo.commit("Begin")
    plant(root, [*SECRETS, OTHERS], fields=("message", "header", "answer", "error"))
    head = repo.commit("Plant")
    indexer.refresh(processes=1)
    return base, head


@pytest.mark.slow
def test_no_page_shows_any(client, planted, caplog):
    base, head = planted
    rows = list(Recording.objects.order_by("path"))
    some = rows[::23]
    addresses = [
        "/",
        "/?per=200",
        "/tests/",
        "/models/",
        "/smells/",
        "/activity/",
        "/trash/",
        "/plan/",
        "/changes/",
        "/tags/",
    ]
    addresses += [f"/?q={word}" for word in ("key", "Earlier", "kind:chat", "masked", "sk")]
    addresses += [f"/changes/{base}...{head}", f"/changes/{base}...{head}.json"]
    for row in some:
        addresses += [f"/r/{row.path}{rest}" for rest in ("", "?view=raw", "?view=chunks", "?download", ".json")]
        addresses += [f"/history/{row.path}", f"/b/{row.blob}"]
    seen, shown = set(), 0
    while addresses:
        address = addresses.pop(0).partition("#")[0]
        if address in seen or len(seen) > 350:
            continue
        seen.add(address)
        response = client.get(address, follow=True)
        text = b"".join(response) if response.streaming else response.content
        shown += response.status_code == 200
        assert leaks(text.decode("utf-8", "replace")) == [], address
        if "html" in response.headers.get("Content-Type", "") and not address.startswith("/?"):
            found = re.findall(r'(?:href|hx-get|data-url)="([^"#]*)', text.decode())
            links = [html.unescape(one) for one in found]
            links = [one if one.startswith("/") else f"{address.partition('?')[0]}{one}" for one in links if one]
            addresses += [
                one
                for one in links
                if any(word in one for word in ("open=", "view=", "lines=", "/change")) and one not in seen
            ][:12]
    assert shown > 200
    assert leaks(caplog.text) == []


LISTS = [
    "/growth/",
    "/plan/git-rm.txt",
    "/queue/",
    "/around/?q=Earlier",
    "/searching/?q=key",
    "/searches/",
    "/searches/.json",
    "/operations/",
    "/metrics",
    "/recordings.json",
    "/recordings.json?q=key",
    "/tests.json",
    "/tests/.json",
    "/models/.json",
    "/tags/.json",
    "/said",
    "/fresh",
    "/smells/.json",
    "/smells/let-be/",
    "/smells/secret",
    "/smells/secret.json",
    "/smells/recorded-error",
    "/smells/recorded-error.json",
    "/hash/000000000000",
    "/reviews.jsonl",
    "/activity.jsonl",
    "/activity/.json",
    "/trash/.json",
    "/plan/.json",
    "/plan/delete.patch",
    "/plan/record-again.txt",
    "/complete?q=test:tests",
    "/complete?q=smell:",
    "/complete?q=host:",
]
"""What is there besides the pages that lead to each other."""


@pytest.mark.slow
def test_neither_do_lists_nor_what_programs_read(client, planted):
    tree_findings.look()
    base, head = planted
    rows = list(Recording.objects.order_by("path"))
    cassette = next(row for row in rows if row.path != row.file.path)
    addresses = [*LISTS, f"/report/{base}...{head}", f"/plan/{base}...{head}", f"/files/{cassette.file.path}"]
    addresses += [f"/difference/?old={rows[1].path}&new={rows[2].path}"]
    addresses += [f"/tests/{row.test_id}" for row in rows[::40] if row.test_id]
    addresses += [f"/secrets/of/{row.path}" for row in rows[::60]]
    found = {}
    for address in addresses:
        response = client.get(address, follow=True)
        text = b"".join(response) if response.streaming else response.content
        found[address] = response.status_code
        assert leaks(text.decode("utf-8", "replace")) == [], address
    assert {address: status for address, status in found.items() if status not in (200, 204)} == {}


@pytest.mark.slow
def test_the_index_holds_none(planted):
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                text = " ".join(
                    one
                    if isinstance(one, str)
                    else bytes(one).decode("utf-8", "replace")
                    if isinstance(one, (bytes, memoryview))
                    else ""
                    for one in row
                )
                assert leaks(text) == [], table


COMMANDS = [
    ("export",),
    ("search", "Earlier"),
    ("search", "key"),
    ("plan",),
    ("plan", "--format", "json"),
    ("reviews", "export", "-"),
    *[
        ("report", "BASE...HEAD", "--format", form)
        for form in ("md", "summary", "json", "html", "status", "status-json")
    ],
    *[("check", "ROOT", "--format", form) for form in ("text", "json", "sarif", "github", "gitlab", "junit")],
]


@pytest.mark.slow
def test_no_command_prints_any(planted, root, capfdbinary, monkeypatch):
    monkeypatch.setattr(running, "directory", cache(running.directory))  # all forms tell what one look found
    names = {"BASE...HEAD": f"{planted[0]}...{planted[1]}", "ROOT": str(root)}
    for words in COMMANDS:
        more = [str(root)] if words[0] == "export" else ["--repo", str(root)] if words[0] == "report" else []
        printed = run(capfdbinary, [names.get(word, word) for word in words] + more)
        assert leaks(printed) == [], words
        assert printed or words[0] in ("plan", "reviews"), words
    for place in sorted((root / "tests").rglob("*.*"))[::11]:
        for form in ((), ("--json",)):
            assert leaks(run(capfdbinary, ["show", str(place), *form])) == [], place
    for text, secret in list(SECRETS.values())[::7]:  # that no table has one of them is a test above
        found = run(capfdbinary, ["search", json.dumps(secret[-20:].replace("\n", " "))])
        assert "recordings/" not in found, text


def run(capture, words):
    capture.readouterr()
    try:
        if words[0] == "check":
            from recviewer.checking.command import run as check

            check(words[1:])
        else:
            call_command(*words)
    except SystemExit:
        pass
    out, err = capture.readouterr()
    return (out + err).decode("utf-8", "replace")
