"""One file with many exchanges, on pages and in decisions."""

import json
import zlib

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.plan import model as plans
from recviewer.plan import tree
from recviewer.review.filters import standings_for
from recviewer.review.models import Kept, Note, TagOn

FILE = "tests/lists/three.json"


def test_list_has_a_row_for_each(client, rows):
    page = client.get("/").content.decode()

    assert [f"/r/{row.path}" in page for row in rows] == [True, True, True]


def test_page_of_the_file_lists_them_in_order(client, rows):
    assert client.get(f"/r/{FILE}").headers["Location"] == f"/files/{FILE}"
    page = client.get(f"/files/{FILE}").content.decode()

    assert "3 recordings in one file" in page
    places = [page.index(f'href="/r/{row.path}"') for row in rows]
    assert places == sorted(places)
    assert client.get("/files/tests/lists/none.json").status_code == 404
    assert [one["path"] for one in client.get(f"/r/{FILE}.json").json()["recordings"]] == [row.path for row in rows]


def test_file_with_one_recording_leads_to_it(client, put, chat):
    put(chat())

    assert client.get(f"/r/{FILE}").headers["Location"] == f"/r/{Recording.objects.get().path}"


def test_page_says_where_in_its_file_it_stands(client, rows):
    page = client.get(f"/r/{rows[1].path}").content.decode()

    assert "Answer two." in page
    assert "Answer one." not in page
    assert "2 of 3 in this file" in page
    assert f'href="/r/{FILE}"' in page


def test_calls_of_one_test_stand_in_the_order_of_their_file(client, put, chat):
    put(*[chat(asked=f"{word}?", answered=word, test="tests/test_a.py::test_one") for word in ("longest", "mid", "a")])
    rows = list(Recording.objects.order_by("place"))

    neighbours = [client.get(f"/r/{row.path}").context["page"].neighbours for row in rows]

    assert [one.place for one in neighbours] == [1, 2, 3]
    assert [one.answered for one in neighbours[0].shown] == ["longest", "mid", "a"]
    assert neighbours[0].next == f"/r/{rows[1].path}"


def test_raw_opens_at_the_lines_of_the_exchange(client, rows, root):
    lines = (root / FILE).read_text().splitlines()

    page = client.get(f"/r/{rows[1].path}?view=raw").content.decode()

    first = next(number for number, line in enumerate(lines, 1) if "two?" in line)
    other = next(number for number, line in enumerate(lines, 1) if "one?" in line)
    assert f'id="L{first}"' in page
    assert f'id="L{other}"' not in page
    assert f"lines=1-{len(lines)}" in page
    assert f'id="L{other}"' in client.get(f"/r/{rows[1].path}?view=raw&lines=1-{len(lines)}").content.decode()


def test_download_and_json_are_of_the_exchange(client, rows, three):
    response = client.get(f"/r/{rows[1].path}?download")

    assert json.loads(response.content) == three()[1]
    assert f"three-{rows[1].part}.json" in response.headers["Content-Disposition"]
    found = client.get(f"/r/{rows[1].path}.json").json()
    assert (found["file"], found["index"], found["part"], found["path"]) == (FILE, 1, rows[1].part, rows[1].path)


def test_permalink_leads_to_the_exchange(client, rows):
    assert client.get(f"/b/{rows[2].blob}").headers["Location"] == f"/r/{rows[2].path}"


def test_verdict_tag_and_note_are_on_one_exchange_alone(client, rows, three):
    row = rows[1]
    seen = {"key": row.path, "seen": row.blob}

    client.post("/do/decide", {**seen, "verdict": "approve"})
    client.post("/do/tag", {**seen, "name": "odd"})
    client.post("/do/note", {**seen, "body": "Why?"})

    stands = standings_for([one.fingerprint for one in rows])
    assert {key: stand.state for key, stand in stands.items()} == {row.fingerprint: "approved"}
    assert json.loads(zlib.decompress(Kept.objects.get().data)) == three()[1]
    assert [one.path for one in TagOn.objects.all()] == [row.path]
    assert [one.path for one in Note.objects.all()] == [row.path]


def test_a_decision_is_refused_where_the_exchange_changed_and_not_where_another_did(client, rows, put, three):
    put(*three(two="Another."))

    told = [
        client.post("/do/decide", {"key": row.path, "seen": row.blob, "verdict": "approve"}).status_code for row in rows
    ]

    assert told == [303, 409, 303]


def test_marks_stay_where_they_are_when_others_come(client, rows, put, three, chat):
    client.post("/do/tag", {"key": rows[1].path, "seen": rows[1].blob, "name": "odd"})

    put(chat(asked="zero?"), *three())

    [tagged] = Recording.objects.filter(path__in=TagOn.objects.values("path"))
    assert (tagged.asked, tagged.place) == ("two?", 2)


def test_two_that_cannot_be_read_are_two_subjects(client, root, list_recorder, db):
    place = root / FILE
    place.parent.mkdir(parents=True)
    place.write_bytes(b"[1, 2]")
    indexer.refresh(processes=1)
    one, two = Recording.objects.order_by("place")

    client.post("/do/decide", {"key": one.path, "seen": one.blob, "verdict": "approve"})

    assert set(standings_for([f"blob:{row.blob}" for row in (one, two)])) == {f"blob:{one.blob}"}


def test_plan_cuts_an_exchange_out_of_its_file_and_drops_the_file_when_none_is_left(client, rows, root):
    client.post("/do/decide", {"key": rows[0].path, "seen": rows[0].blob, "verdict": "delete"})

    plan = tree.make()

    assert [(one.path, one.part, one.blob) for one in plan.deletions] == [(rows[0].path, rows[0].part, rows[0].blob)]
    [cut] = plan.cuts
    assert (cut.file.path, cut.parts, cut.is_whole, plan.removed) == (FILE, (rows[0].part,), False, [])
    assert b"GIT binary patch" in b"".join(plans.patch(plan))
    assert "shares its file" in client.get("/plan/").content.decode()

    for row in rows[1:]:
        client.post("/do/decide", {"key": row.path, "seen": row.blob, "verdict": "delete"})
    plan = tree.make()
    assert [(cut.file.path, cut.is_whole) for cut in plan.cuts] == [(FILE, True)]
    assert [name.endswith(FILE.encode()) for name in plan.removed] == [True]
    assert b"deleted file mode" in b"".join(plans.patch(plan))


def test_the_page_of_a_file_comes_back_after_a_verdict(client, rows):
    page = client.get(f"/files/{FILE}").context["page"]

    answer = client.post("/do/decide", {"verdict": "approve", "item": page.bar.items, "next": f"/files/{FILE}"})

    assert answer.headers["Location"] == f"/files/{FILE}"
    assert client.get(f"/files/{FILE}").context["page"].bar.count == 0
