import pytest

from recviewer.pages.site.forms import item_of
from recviewer.review import actors
from recviewer.review.decide import decide
from recviewer.review.models import AuditEvent, TrashRecord
from recviewer.review.subjects import Seen


@pytest.fixture(autouse=True)
def ana(monkeypatch):
    monkeypatch.setattr(actors, "local_actor", lambda root: "Ana")


def say(verdict, *recordings, note=""):
    decide([Seen(one.path, one.blob) for one in recordings], actor="Ana", verdict=verdict, note=note)


def page(client):
    return " ".join(client.get("/plan/").content.decode().split())


def test_empty_says_how_to_get_here(client, make_recording):
    make_recording()

    words = page(client)

    assert "Nothing to delete, nothing to re-record" in words
    assert "Mark a recording for deletion" in words


def test_what_is_asked_for(client, make_recording):
    gone = make_recording("tests/recordings/a<b>.json", test="tests/t.py::test_gone[<x>]")
    bad = make_recording("tests/recordings/bad.json", answered="Mars.", test="tests/t.py::test_bad")
    say("delete", gone)
    say("reject", bad, note="<wrong> planet")

    words = page(client)

    assert "Delete <b>1 recording</b>" in words
    assert "re-record <b>1 test</b>" in words
    assert "no recording would be left" in words
    assert "&lt;wrong&gt; planet" in words
    assert "a&lt;b&gt;.json" in words
    assert "<wrong>" not in words
    assert 'data-copy="tests/t.py::test_bad"' in words
    assert "style=" not in words


def test_all_marked_go_to_the_trash_after_a_question(client, make_recording, tree):
    gone = make_recording()
    say("delete", gone)
    items = page(client).partition('name="item" value="')[2].partition('"')[0]

    asked = client.post("/do/trash", {"item": items, "next": "/plan/"})
    assert "Move 1 recording to the trash?" in asked.content.decode()

    client.post("/do/trash", {"item": items, "next": "/plan/", "confirmed": "1"})
    assert TrashRecord.objects.get().path == gone.path
    assert tree() == {}
    assert "Nothing to delete" in page(client)


def test_read_only_offers_no_trash(client, make_recording, settings):
    say("delete", make_recording())
    settings.READ_ONLY = True

    words = page(client)

    assert "/do/trash" not in words
    assert "delete.patch" in words


def test_those_that_say_the_same_can_be_marked_too(client, make_recording):
    first, twin = make_recording(), make_recording("tests/recordings/twin.json", id="2")
    say("delete", first)
    words = page(client)
    assert "1 recording says the same as a marked one, left out" in words
    items = words.rpartition('name="item" value="')[2].partition('"')[0]

    client.post("/do/decide", {"item": items, "verdict": "delete", "next": "/plan/"})

    told = client.get("/plan/.json").json()
    assert [one["path"] for one in told["deletions"]] == [first.path, twin.path]
    assert told["alike"] == []


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("delete.patch", b"diff --git a/tests/recordings/one.json"),
        ("git-rm.txt", b"tests/recordings/one.json\n"),
        ("git-rm.txt?null", b"tests/recordings/one.json\0"),
        ("record-again.txt", b"tests/t.py::test_bad\n"),
    ],
)
def test_downloads(client, make_recording, name, begins):
    say("delete", make_recording())
    bad = make_recording("tests/recordings/bad.json", answered="Mars.", test="tests/t.py::test_bad")
    say("reject", bad, note="wrong")

    response = client.get(f"/plan/{name}")

    assert response.content.startswith(begins)
    assert response["Content-Disposition"].startswith("attachment")


def test_nothing_is_written(client, make_recording, tree):
    say("delete", make_recording())
    before, events = tree(), AuditEvent.objects.count()

    page(client)
    client.get("/plan/delete.patch")

    assert (tree(), AuditEvent.objects.count()) == (before, events)
    assert client.post("/plan/").status_code == 405


@pytest.mark.parametrize("count", [1, 12])
def test_queries_do_not_grow(client, make_recording, django_assert_max_num_queries, count):
    for number in range(count):
        say("delete", make_recording(f"tests/recordings/{number}.json", answered=str(number)))

    with django_assert_max_num_queries(14):
        client.get("/plan/")


def say_in(client, spec, name, verdict, note=""):
    """Give a verdict on one change of a range, without those that are decided on together with it."""
    change = client.get(f"/changes/{spec}?change=tests/recordings/{name}.json").context["page"].change
    item = item_of(change.side.path, change.side.blob)
    client.post("/do/change", {"range": spec, "item": item, "verdict": verdict, "note": note, "next": "/"})


def range_page(client, spec):
    return " ".join(client.get(f"/plan/{spec}").content.decode().split())


def test_empty_plan_of_a_range_leads_into_its_queue(client, spec):
    words = range_page(client, spec)

    assert "Nothing to delete, nothing to restore" in words
    assert "3 changes are undecided" in words
    assert client.get(client.get(f"/plan/{spec}").context["page"].around.go_on_url).context["page"].change


@pytest.mark.slow
def test_plan_of_a_range_names_it_and_links_its_changes(client, spec):
    say_in(client, spec, "new", "delete")
    say_in(client, spec, "old", "reject", "<still> needed")
    say_in(client, spec, "moon", "reject", "too far")

    response = client.get(f"/plan/{spec}")
    words = " ".join(response.content.decode().split())

    assert f"Plan of {spec}" in words
    assert "Delete <b>1 recording</b>" in words
    assert "restore <b>1 recording</b>" in words
    assert "re-record <b>1 test</b>" in words
    assert "&lt;still&gt; needed" in words
    assert "pytest tests/test_planets.py::test_earth" in words
    page = response.context["page"]
    (group,) = page.back
    assert client.get(group.rows[0].url).context["page"].change.side.name == "old.json"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("patch", b"diff --git a/tests/recordings/new.json"),
        ("git-rm", b"tests/recordings/new.json\n"),
        ("git-rm&null", b"tests/recordings/new.json\0"),
        ("tests", b"tests/test_planets.py::test_earth\n"),
        ("json", b'{"range": '),
    ],
)
def test_downloads_of_a_range(client, spec, form, begins):
    say_in(client, spec, "new", "delete")
    say_in(client, spec, "moon", "reject", "too far")

    response = client.get(f"/plan/{spec}?as={form}")

    assert response.content.startswith(begins)
    assert client.get(f"/plan/{spec}.json").json()["count"] == 1
    assert client.get(f"/plan/{spec}?as=nonsense").status_code == 404


@pytest.mark.slow
def test_the_trash_is_offered_where_the_marked_files_lie(client, spec, root, tree):
    say_in(client, spec, "new", "delete")
    words = range_page(client, spec)
    items = words.partition('name="item" value="')[2].partition('"')[0]

    client.post("/do/trash", {"item": items, "next": f"/plan/{spec}", "confirmed": "1"})

    assert "tests/recordings/new.json" not in tree()
    assert "/do/trash" not in range_page(client, spec)
    assert "Delete <b>1 recording</b>" in range_page(client, spec)


@pytest.mark.slow
def test_those_of_a_range_that_say_the_same_can_be_marked_too(client, commit, make_recording):
    make_recording("tests/recordings/x.json", asked="Who?")
    base = commit("before")
    for name in "ab":
        make_recording(f"tests/recordings/{name}.json", id=name)
    spec = f"{base}...{commit('after')}"
    say_in(client, spec, "a", "delete")
    page = client.get(f"/plan/{spec}").context["page"]

    sent = dict(page.around.mark_fields) | {"item": page.alike_items, "verdict": "delete", "next": page.around.url}
    response = client.post(page.around.mark_url, sent, follow=True)

    assert [file.path for file in response.context["page"].plan.deletions] == [
        "tests/recordings/a.json",
        "tests/recordings/b.json",
    ]


def test_hostile_ids_and_names_are_shown_harmless(client, commit, make_recording):
    make_recording("tests/recordings/x.json", asked="Who?")
    base = commit("before")
    make_recording("tests/recordings/<b>.json", test="t.py::test_<i>[\ud800\u202e\n-pevil]")
    spec = f"{base}...{commit('after')}"
    say_in(client, spec, "%3Cb%3E", "reject", "no")

    words = range_page(client, spec)

    assert "test_&lt;i&gt;" in words
    assert "<i>" not in words
    assert "U+202E" in words
    assert client.get(f"/plan/{spec}?as=tests").content == b""
    assert client.get(f"/plan/{spec}?as=json").status_code == 200


def test_a_range_that_is_none_says_why(client, spec):
    assert client.get("/plan/nowhere...main").status_code == 404


def test_a_range_leads_to_its_plan(client, spec):
    assert f'href="/plan/{spec}"' in client.get(f"/changes/{spec}").content.decode()
    assert f'href="/plan/{spec}"' in client.get(f"/changes/{spec}?end=1").content.decode()


def test_a_queue_with_approvals_alone_leads_to_the_comment_and_to_no_empty_plan(client, commit, make_recording):
    make_recording("tests/recordings/x.json", answered="One.")
    base = commit("before")
    told = make_recording("tests/recordings/x.json", answered="Two.")
    spec = f"{base}...{commit('after')}"
    say("approve", told)
    end = client.get(f"/changes/{spec}?end=1").content.decode()

    assert "The change is decided" in end
    assert "?as=md" in end
    assert f'href="/plan/{spec}"' not in end


@pytest.mark.slow
def test_queries_of_a_range_do_not_grow(client, commit, make_recording, django_assert_max_num_queries):
    make_recording("tests/recordings/x.json", asked="Who?")
    base = commit("before")
    for number in range(12):
        make_recording(f"tests/recordings/{number}.json", answered=str(number))
    spec = f"{base}...{commit('after')}"
    for number in range(12):
        say_in(client, spec, str(number), "delete" if number % 2 else "reject", "no")

    with django_assert_max_num_queries(20):
        client.get(f"/plan/{spec}")


@pytest.mark.slow
def test_the_plan_of_a_branch_that_is_named_like_a_file(client, spec, commit):
    base, _, head = spec.partition("...")
    commit.git("branch", "fix.json", head)

    page = client.get(f"/plan/{base}...fix.json")

    assert page.status_code == 200
    assert "fix.json" in page.content.decode()
    assert client.get(f"/plan/{base}...fix.json.json").json() == client.get(f"/plan/{base}...fix.json?as=json").json()
