import re

import pytest

from recviewer.hosts.configured import ConfiguredHost
from recviewer.loop import jobs
from recviewer.loop.models import JobKind

LINE = re.compile(r'# (HELP [a-z_]+ .+\.|TYPE [a-z_]+ (gauge|counter))|[a-z_]+(\{[a-z]+="[^"\n]*"\})? -?[0-9.]+')


def test_every_line_is_one_that_prometheus_reads(client, make_recording, settings):
    recording = make_recording()
    client.post("/do/decide", {"key": recording.path, "seen": recording.blob, "verdict": "approve"})
    settings.HOST = ConfiguredHost("GITHUB", "a/b", "https://x", 60, token="t" * 20)
    jobs.ask(JobKind.LOOK, 3)

    answer = client.get("/metrics")

    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert [line for line in text.splitlines() if not LINE.fullmatch(line)] == []
    assert "recviewer_recordings 1\n" in text
    assert 'recviewer_decided{state="approved"} 1\n' in text
    assert 'recviewer_jobs{state="waiting"} 1\n' in text
    assert "recviewer_acts_total 1\n" in text


@pytest.mark.parametrize(
    "told",
    [
        {"REMOTE_ADDR": "203.0.113.7"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"REMOTE_ADDR": "x"},
        {"HTTP_FORWARDED": "for=x"},
    ],
)
def test_others_find_no_such_page(client, db, told):
    assert client.get("/metrics", **told).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer wrong", "t" * 20, "Bearer é"])
def test_where_there_is_a_token_it_is_wanted_of_everybody(client, db, settings, given):
    settings.METRICS_TOKEN = "t" * 20

    assert client.get("/metrics", headers={"Authorization": given}).status_code == 404
    assert (
        client.get("/metrics", headers={"Authorization": f"Bearer {'t' * 20}"}, REMOTE_ADDR="203.0.113.7").status_code
        == 200
    )
