"""What is done with recordings that hold secrets leaves none anywhere: in plans, the trash, the log, what is looked up."""

import json
import re
from contextlib import suppress

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.review import notes, searches, suppressing, tagging
from recviewer.review.decide import decide
from recviewer.review.models import AuditEvent, Decision, Note, Suppression
from recviewer.review.refusals import Invalid
from recviewer.review.subjects import Seen
from recviewer.review.suppressing import Aim
from recviewer.smells.suppressing import Reach
from tests.conftest import exchange
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


@pytest.mark.django_db
def test_what_reviewers_write_is_kept_with_masks(root):
    """Notes go into the file of reviews, comments on the code host and mails: a secret in one would be published there."""
    text = f"It answers with {SECRETS['google'][0]}, see SNYK_TOKEN=0b6f6a0e-7b1f-4f5e-9c56-3a1b2c3d4e5f."
    (root / "tests/recordings").mkdir(parents=True)
    (root / "tests/recordings/a.json").write_bytes(json.dumps(exchange()).encode())
    indexer.refresh(processes=1)
    (row,) = Recording.objects.all()
    seen = Seen(row.path, row.blob)

    decide([seen], actor="Ada", verdict="reject", note=text)
    notes.write(seen, actor="Ada", body=text)
    notes.edit(Note.objects.get().uid, actor="Ada", body=f"{text} Really.")
    suppressing.suppress([Aim("secret", Reach.PATH, "tests")], text, actor="Ada")

    held = [
        *Decision.objects.values_list("note", flat=True),
        *Note.objects.values_list("body", flat=True),
        *AuditEvent.objects.values_list("summary", flat=True),
        *Suppression.objects.values_list("reason", flat=True),
    ]
    assert sum("[masked " in one for one in held) >= 5
    assert not any(SECRETS["google"][0][4:] in one or "0b6f6a0e" in one for one in held)


@pytest.mark.parametrize(
    "clean", [tagging.clean_name, searches.clean_name, searches.clean_query, lambda text: tagging.clean_name(text[:40])]
)
def test_no_name_that_everybody_reads_holds_one(clean):
    assert clean("author:ada@example.com") == "author:ada@example.com"
    with pytest.raises(Invalid):
        clean(SECRETS["google"][0])
