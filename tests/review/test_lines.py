"""What is asked of a line before it is let in, and that whatever a form accepts can travel."""

import contextlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.review import labels, notes, standing
from recviewer.review.decide import decide
from recviewer.review.models import AuditEvent, Decision, EventItem, EventMember, Note, Standing, Tag, TagOn
from recviewer.review.refusals import Invalid
from recviewer.review.reviews_file import merging
from recviewer.review.reviews_file.lines import LINE_LENGTH
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag

HEAD = b'{"recviewer_reviews":1}\n'
WHEN = "2026-01-01T00:00:00Z"
KINDS = {
    "decision": {"path": "a.json", "fingerprint": "1:f", "entered": WHEN, "reviewer": "Ana", "verdict": "approve"},
    "tag": {"name": "golden", "colour": "red", "changed": WHEN},
    "tagged": {"path": "a.json", "tag": "golden", "by": "Ana", "at": WHEN},
    "note": {"path": "a.json", "id": "n1", "author": "Ana", "body": "hi", "at": WHEN},
    "search": {"name": "Cut off", "query": "is:cut", "sort": "-size", "by": "Ana", "changed": WHEN},
}
TEXTS = {
    "decision": ["path", "fingerprint", "reviewer", "verdict", "note", "blob", "test", "kind", "origin", "rule"],
    "tag": ["name", "colour"],
    "tagged": ["path", "tag", "by"],
    "note": ["path", "id", "author", "body", "anchor", "thread", "resolved_by", "blob"],
    "search": ["name", "query", "sort", "by"],
}
TIMES = {
    "decision": ["entered", "at"],
    "tag": ["changed"],
    "tagged": ["at"],
    "note": ["at", "changed", "resolved", "withdrawn"],
    "search": ["changed"],
}
NO_TEXT = [5, None, True, 1e400, [], {}, ["a"], {"a": "b"}, "a\0b", "\ud800", "x" * 200_000]
NO_TIME = [
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-12:00",
    "10000-01-01T00:00:00Z",
    "2026-01-01",
    "2026-02-30T00:00:00Z",
    "",
    "now",
]


def of(type, /, **fields):
    return {"type": type, **KINDS[type], **fields}


def bad_of(*told):
    data = HEAD + b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in told)
    return merging.bring_in(data, actor="Cleo").bad


def empty():
    Note.objects.update(thread=None)
    for model in (Decision, Note, TagOn, Tag, Standing, EventItem, EventMember, AuditEvent):
        rows = model.objects.all()
        rows._raw_delete(rows.db)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_good_as_it_stands(db, kind):
    assert bad_of(of(kind)) == ()


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in TEXTS.items() for name in names])
def test_a_text_is_a_text_and_not_too_long(db, kind, name):
    told = [of(kind, **{name: value}) for value in NO_TEXT]

    assert [number for number, _ in bad_of(*told, of("tag"))] == list(range(2, 2 + len(told)))
    assert Tag.objects.get().name == "golden"
    assert not Decision.objects.exists()
    assert not Note.objects.exists()
    assert not TagOn.objects.exists()


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in TIMES.items() for name in names])
def test_a_time_lies_in_our_days(db, kind, name):
    soon = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    told = [of(kind, **{name: value}) for value in [*NO_TIME, *NO_TEXT, soon]]

    assert [number for number, _ in bad_of(*told)] == list(range(2, 2 + len(told)))


@pytest.mark.parametrize(
    "fields",
    [{"anchor": anchor} for anchor in ("xyz", "m", "m²", "m1.5", "m٣", "chunk-", "m-1", "m12345678", "M1", "m1\n", " ")]
    + [{"path": path} for path in ("/etc/passwd", "../a", "a/../b", "a//b", "a/", ".", "./a", "a" * 20_000)]
    + [{"blob": blob} for blob in ("HEAD", "a" * 39, "A" * 40, "a" * 39 + "\n", "a\nb")]
    + [{"id": uid} for uid in ("a b", "ü", '"><b>', "n" * 33)]
    + [{"author": "two\nlines"}, {"author": "\x1b[2J"}, {"thread": "n1"}, {"resolved_by": "\u202egnp"}],
)
def test_a_note_with_a_field_of_another_shape_is_refused(db, fields):
    assert len(bad_of(of("note", **fields))) == 1


@pytest.mark.parametrize("subject", ["", "1:f g", "1:ü", "1:\x1b", "1:" + "f" * 80])
def test_a_fingerprint_is_a_word(db, subject):
    assert len(bad_of(of("decision", fingerprint=subject))) == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (
            b'{"type":"tag","name":"x","name":"y","colour":"red","changed":"2026-01-01T00:00:00Z"}',
            "“name” stands in it twice",
        ),
        (b'{"type":"tag","name":"x","colour":"red","changed":"2026-01-01T00:00:00Z","z":{"a":1,"a":2}}', "twice"),
        (b'{"type":"tag","name":"' + b"x" * 10_000_000 + b'"}', f"longer than {LINE_LENGTH:,} bytes"),
        (b'{"type":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "not JSON"),
        (b'{"type":' + b"9" * 10_000 + b"}", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"type":["decision"]}', "means nothing here"),
        (b'{"type":{"a":"\\ud800"}}', "means nothing here"),
        (b"{}", "means nothing here"),
    ],
    ids=["twice", "twice below", "10 MB", "deep", "digits", "utf-16", "list", "surrogate", "empty"],
)
def test_a_line_that_is_no_object_of_one_meaning_is_refused(db, line, why):
    (told,) = bad_of(line, of("tag"))

    assert told[0] == 2
    assert why in told[1]
    assert Tag.objects.get().name == "golden"


def test_an_answer_hangs_on_the_beginning_of_a_thread_whatever_comes_first(db):
    root, answer = of("note", id="a"), of("note", id="b", thread="a")
    deeper, ring = of("note", id="c", thread="b"), of("note", id="a", thread="c", at="2026-01-02T00:00:00Z")

    assert bad_of(root, answer) == ()
    assert [number for number, _ in bad_of(deeper)] == [2]
    assert [number for number, _ in bad_of(ring)] == [2]
    empty()
    assert [number for number, _ in bad_of(of("note", id="x", thread="y"), of("note", id="y", thread="x"))] == [2, 3]


# What a form accepts can travel

letters = st.text(
    st.one_of(st.characters(), st.sampled_from("\0\x1b\x85\u2028\u202e\ufeff\ud800ΐŉßİ,\r\n\t ")), max_size=60
)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("decide"), st.sampled_from(["approve", "reject", "delete", "clear"]), letters),
        st.tuples(st.just("tag"), st.just(""), letters),
        st.tuples(st.just("rename"), st.just(""), letters),
        st.tuples(st.just("note"), st.sampled_from(["", "m0", "m3", "chunk-17", "m٣"]), letters),
        st.tuples(st.just("answer"), st.just(""), letters),
        st.tuples(st.just("edit"), st.just(""), letters),
        st.tuples(st.just("drop"), st.just(""), letters),
    ),
    max_size=8,
)


def act(seen, what, how, text):
    last = Note.objects.filter(withdrawn_at=None).last()
    match what:
        case "decide":
            decide([seen], actor="Ana", verdict=how, note=text)
        case "tag":
            tag([seen], actor="Ana", name=text)
        case "rename" if Tag.objects.exists():
            labels.rename(Tag.objects.last().name, text, actor="Ana")
        case "note":
            notes.write(seen, actor="Ana", body=text, anchor=how)
        case "answer" if last:
            notes.write(seen, actor="Ana", body=text, thread=last.uid)
        case "edit" if last:
            notes.edit(last.uid, actor="Ana", body=text)
        case "drop" if last:
            notes.drop(last.uid, actor="Ana")


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(acts)
def test_what_a_form_accepts_is_exported_and_imported_to_the_byte(make_recording, some):
    with transaction.atomic():
        recording = make_recording(test="tests/test_a.py::test_a[\0\ud83d\x1b]")
        for one in some:
            with contextlib.suppress(Invalid):
                act(Seen(recording.path, recording.blob), *one)
        data = merging.export()
        empty()

        assert bad_of(data.removeprefix(HEAD)) == ()
        assert merging.export() == data
        transaction.set_rollback(True)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_what_no_file_can_hold_is_refused_with_a_sentence(make_recording, text):
    recording = make_recording()
    seen = Seen(recording.path, recording.blob)

    with pytest.raises(Invalid, match="NUL"):
        decide([seen], actor="Ana", verdict="reject", note=text)
    with pytest.raises(Invalid, match="NUL"):
        notes.write(seen, actor="Ana", body=text)


# What an earlier version let in


def decided(fingerprint, **fields):
    event = AuditEvent.objects.create(at=datetime.now(UTC), actor="recviewer", action="import", summary="imported")
    told = {
        "reviewer": "Ana",
        "verdict": "approve",
        "note": "",
        "at": datetime.now(UTC),
        "entered_at": datetime.now(UTC),
        "path": "a.json",
    }
    return Decision.objects.create(event=event, fingerprint=fingerprint, **{**told, **fields})


def test_a_verdict_of_no_time_does_not_count_and_stops_none(make_recording):
    recording = make_recording()
    decided(recording.fingerprint, entered_at=datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC))
    standing.rebuild()
    assert not Standing.objects.exists()

    decide([Seen(recording.path, recording.blob)], actor="Ana", verdict="reject", note="no")

    assert Standing.objects.get().state == "rejected"
    assert b"9999" not in merging.export()


@pytest.mark.parametrize("anchor", ["xyz", "m²", "m1.5", "m", "-"])
def test_a_note_pinned_to_nothing_is_shown_and_travels_unpinned(make_recording, client, anchor):
    recording = make_recording()
    now = datetime.now(UTC)
    Note.objects.create(uid="a", path=recording.path, author="x", body="pinned?", anchor=anchor, at=now, changed_at=now)

    page = client.get(f"/r/{recording.path}")

    assert (page.status_code, b"pinned?" in page.content) == (200, True)
    data = merging.export()
    empty()
    assert bad_of(data.removeprefix(HEAD)) == ()
    assert merging.export() == data


def test_a_ring_of_answers_is_shown(make_recording, client):
    recording = make_recording()
    now = datetime.now(UTC)
    one, other = (
        Note.objects.create(uid=uid, path=recording.path, author="x", body=f"note {uid}", at=now, changed_at=now)
        for uid in "ab"
    )
    one.thread, other.thread = other, one
    one.save()
    other.save()

    page = client.get(f"/r/{recording.path}")

    assert (page.status_code, b"note a" in page.content, b"note b" in page.content) == (200, True, True)


ODD = ["", "/", "..", "a\nb", "a\0b", "\x1b[2J", "x" * 30_000, "a//b", " ", "%2e%2e"]


@pytest.mark.slow
@pytest.mark.parametrize("path", ODD, ids=range(len(ODD)))
def test_no_page_breaks_on_a_path_of_an_earlier_import(make_recording, client, path):
    recording = make_recording()
    now = datetime.now(UTC)
    long_ago, far = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    row = decided(recording.fingerprint, path=path, blob="HEAD\n", at=far, verdict="delete", reviewer="\x1b")
    decided("9999:x", path=path, at=long_ago, entered_at=long_ago, verdict="delete")
    EventItem.objects.create(event=row.event, path=path, fingerprint="", blob="?")
    label = Tag.objects.create(name="x" * 90, folded="x" * 90, colour="mauve", changed_at=far)
    TagOn.objects.create(path=path, tag=label, actor="", at=long_ago)
    TagOn.objects.create(path=recording.path, tag=label, actor="", at=far)
    Note.objects.create(uid='"><b', path=path, author="", body="", at=far, changed_at=long_ago)
    root = Note.objects.get()
    Note.objects.create(uid="b", path=recording.path, author="x", body="here", thread=root, at=long_ago, changed_at=now)
    standing.rebuild()

    for page in ("/", f"/r/{recording.path}", "/activity/", "/plan/", "/queue/", "/tags/", "/trash/", "/?state=delete"):
        assert client.get(page).status_code == 200, page
    assert b"here" in client.get(f"/r/{recording.path}").content
    merging.export()
