import json
import subprocess

import pytest

from recviewer.pages.ranges.reporting import _FORMS
from recviewer.report.forms import FORMS


@pytest.fixture
def spec(root, settings, make_recording):
    """A range that changes the words of one recording."""
    settings.REPOSITORY = None

    def git(*words):
        names = {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        done = subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True, env=names)
        return done.stdout.strip()

    def commit(answer):
        make_recording("tests/recordings/moon.json", answered=answer)
        git("add", "-A")
        git("commit", "-q", "-m", answer)
        return git("rev-parse", "HEAD")

    git("init", "-q", "-b", "main")
    return f"{commit('384,400 km')}...{commit('384,401 km')}"


def get(client, spec, form):
    return client.get(f"/report/{spec}?as={form}")


def test_every_form_of_the_command_is_offered():
    assert set(_FORMS) == set(FORMS)


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [
        ("md", "text/plain", "<!-- recviewer-report -->\n**1 recording touched"),
        ("summary", "text/plain", "**1 recording touched"),
        ("status", "text/plain", "1 needs you; 1 recording touched"),
        ("status-json", "application/json", '{"state": "pending"'),
    ],
)
def test_short_forms_are_shown(client, spec, form, kind, begins):
    answer = get(client, spec, form)

    assert answer.headers["Content-Type"].startswith(kind)
    assert "Content-Disposition" not in answer.headers
    assert answer.content.decode().startswith(begins)


def test_the_json_is_that_of_the_range(client, spec):
    answer = get(client, spec, "json")

    assert json.loads(answer.content) == client.get(f"/changes/{spec}.json").json()
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="recordings-')


def test_the_file_is_sent_to_keep_and_may_do_nothing(client, spec):
    answer = get(client, spec, "html")

    base, _, head = spec.partition("...")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="recordings-{base[:9]}-{head[:9]}.html"'
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")


def test_verdicts_are_those_of_now(client, spec, make_recording):
    from recviewer.catalog.models import Recording
    from recviewer.review.decide import decide
    from recviewer.review.subjects import Seen

    (row,) = Recording.objects.all()
    decide([Seen(row.path, row.blob)], actor="Ana", verdict="reject", note="wrong")

    assert json.loads(get(client, spec, "status-json").content)["state"] == "failure"
    assert "Verdicts: 1 to re-record" in get(client, spec, "md").content.decode()


def test_links_lead_to_the_site_that_the_settings_name(client, spec, settings):
    assert "](http" not in get(client, spec, "md").content.decode()

    settings.PUBLIC_URL = "https://rec.example.com"

    assert "](https://rec.example.com/changes/" in get(client, spec, "md").content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_report_is_only_read(client, spec, method):
    assert getattr(client, method)(f"/report/{spec}").status_code == 405


def test_what_is_not_there_says_so(client, spec):
    assert get(client, spec, "pdf").status_code == 404
    assert client.get("/report/nowhere...gone?as=md").status_code == 404


@pytest.mark.slow
def test_the_page_of_a_range_offers_the_report(client, spec):
    html = client.get(f"/changes/{spec}").content.decode()

    assert f'href="/report/{spec}?as=html"' in html
    assert f'data-copy-from="/report/{spec}?as=md"' in html
