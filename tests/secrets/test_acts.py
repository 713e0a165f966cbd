"""What is done with recordings that hold secrets leaves none anywhere: in plans, the trash, the log, what is looked up."""

import re
from contextlib import suppress

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.review.decide import decide
from recviewer.review.subjects import Seen
from tests.secrets.planted_tree import plant
from tests.secrets.planting import SECRETS
from tests.secrets.test_outputs import leaks

SOME = ["openai project", "google", "private key", "connection string", "cookie", "cohere by name"]


@pytest.mark.slow
def test_acts_on_them_leave_none(client, repo, root, capfdbinary):
    plant(root, SOME, fields=("message", "answer", "header"))
    repo.commit("Plant")
    indexer.refresh(processes=1)
    rows = list(Recording.objects.order_by("path"))
    decide([Seen(one.path, one.blob) for one in rows[::2]], actor="Ada", verdict="delete", note="")
    decide([Seen(one.path, one.blob) for one in rows[1::2]], actor="Ada", verdict="reject", note="why")
    addresses = ["/plan/", "/plan/.json", "/activity/", "/activity/.json", "/smells/", "/hash/"]
    page = client.get("/plan/").content.decode()
    addresses += re.findall(r'href="(/plan/[^"]*)"', page)
    addresses += [f"/hash/{one.path.rpartition('/')[2][:12]}" for one in rows if one.path.endswith(".json")]
    seen = [_text(client.get(one, follow=True)) for one in addresses]
    body = next(one for one in root.rglob("*.json"))
    capfdbinary.readouterr()
    for words in (["plan", "--format", "patch"], ["find-hash", str(body)], ["reviews", "export", "-"]):
        with suppress(SystemExit, CommandError):
            call_command(*words)
    out, err = capfdbinary.readouterr()
    items = page.partition('name="item" value="')[2].partition('"')[0]
    seen.append(_text(client.post("/do/trash", {"item": items, "next": "/plan/"})))
    seen.append(_text(client.post("/do/trash", {"item": items, "next": "/plan/", "confirmed": "1"}, follow=True)))
    seen += [_text(client.get(one)) for one in ("/trash/", "/trash/.json", "/activity/")]
    seen.append((out + err).decode("utf-8", "replace"))

    assert [leaks(one) for one in seen] == [[]] * len(seen)
    assert len(seen) > 20
    assert b"deleted file mode" in out
    assert len(SECRETS) > len(SOME)


def _text(response):
    data = b"".join(response) if response.streaming else response.content
    return data.decode("utf-8", "replace")
