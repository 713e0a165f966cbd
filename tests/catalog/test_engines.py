import threading

import pytest
from django.db import connection, connections
from hypothesis import given
from hypothesis import strategies as st

from recviewer import settings
from recviewer.catalog import letter_case, run_lock
from recviewer.catalog.engines import Wanted, postgresql, sqlite
from recviewer.catalog.engines.postgresql_text import SIGN, json_read, json_written, read, written
from recviewer.catalog.models import Commit, File, Recording
from recviewer.review.locks import acting

TEXT = st.text(st.sampled_from(["\0", SIGN, "0", "1", "s", "d", "\\", "a", "é"]), max_size=12)


@given(TEXT)
def test_text_that_postgresql_refuses_travels_and_comes_back(text):
    assert "\0" not in written(text)
    assert read(written(text)) == text


@pytest.mark.parametrize(
    "text",
    [r'"a\u0000b"', r'"\\u0000"', r'"\\\u0000"', r'"\ud800"', r'"\ud83d\ude00"', r'"\udfff\ud800"', f'"{SIGN}0"'],
)
def test_json_that_postgresql_refuses_travels_and_comes_back(text):
    import json

    made = json_written(text)
    there = json.dumps(json.loads(made), ensure_ascii=False)  # as PostgreSQL gives it back
    assert "\0" not in json.loads(made)
    there.encode()
    assert json.loads(json_read(there)) == json.loads(text)


def test_a_text_of_too_many_words_is_not_in_the_index_but_in_the_folded_text():
    words = " ".join(f"word{number}x{'y' * 90}" for number in range(10_000))

    stretches, distinct, is_whole = postgresql._indexed(["Äpfel und", words, "", ""])

    assert (distinct, is_whole) == ([], False)
    assert stretches.startswith(" apfel und \n word0x")


def test_a_long_word_is_decided_by_the_text_itself():
    _, params = postgresql.holding((Wanted("x" * 600, False),), ())

    assert params == [f"'{'x' * 500}':*", " " + "x" * 600]


@pytest.mark.django_db
def test_text_is_in_the_order_of_code_points_and_of_any_length():
    names = ["Zebra", "apple", "Äpfel", "a\0b", "a", "\U0001f600", "\ufffd", "ab" * 20_000, "-", "_"]
    for number, name in enumerate(names):
        File.objects.create(path=name, size=2**40, mtime_ns=1, inode=-1, blob=str(number), reader="")

    found = list(File.objects.order_by("path").values_list("path", flat=True))

    assert [name for name in found if "\0" not in name] == sorted(name for name in names if "\0" not in name)
    assert set(found) == set(names)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("condition", "subjects"),
    [
        ({"subject__icontains": "ZÜR"}, ["In ZÜRich"]),
        ({"subject__icontains": "RICH"}, ["In ZÜRich", "in zürich", "x_%rich"]),
        ({"subject__istartswith": "IN z"}, ["In ZÜRich", "in zürich"]),
        ({"subject__iendswith": "_%Rich"}, ["x_%rich"]),
        (letter_case.beginning("subject", "in"), ["in zürich"]),
    ],
)
def test_case_counts_where_it_is_said_and_is_one_in_ascii_alone(condition, subjects):
    for number, subject in enumerate(["In ZÜRich", "in zürich", "x_%rich"]):
        Commit.objects.create(sha=str(number), at="2026-01-01T00:00:00Z", subject=subject)

    asked = Commit.objects.filter(**condition) if isinstance(condition, dict) else Commit.objects.filter(condition)

    assert list(asked.order_by("sha").values_list("subject", flat=True)) == subjects


@pytest.mark.django_db
def test_a_test_id_with_nul_is_not_the_one_without(make_recording):
    make_recording("recordings/a.json", test="tests/t.py::a\0b")
    make_recording("recordings/b.json", test="tests/t.py::ab")

    assert Recording.objects.filter(test_id="tests/t.py::ab").count() == 1
    assert len(set(Recording.objects.values_list("test_id", flat=True))) == 2


@pytest.mark.only_on("postgresql", reason="on SQLite, transactions of writers begin IMMEDIATE")
@pytest.mark.django_db(transaction=True)
def test_acts_wait_for_each_other():
    order = []

    def other():
        with acting():
            order.append("other")
        connections.close_all()

    thread = threading.Thread(target=other)
    with acting():
        thread.start()
        thread.join(0.5)
        order.append("first")
    thread.join()

    assert order == ["first", "other"]


@pytest.mark.only_on("postgresql", reason="on SQLite, a lock in the data folder holds others off")
@pytest.mark.django_db(transaction=True)
def test_one_run_of_the_index_at_a_time(root):
    said = []

    def other():
        with postgresql.only_one("index") as is_ours:
            said.append(is_ours)
            with pytest.raises(run_lock.Busy), run_lock.only_run():
                pass
        connections.close_all()

    with postgresql.only_one("index") as is_ours:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert (is_ours, said) == (True, [False])


@pytest.mark.only_on("sqlite", reason="a server has its own way to wait for its disk")
@pytest.mark.django_db
def test_verdicts_wait_for_the_disk_and_the_index_need_not():
    assert "PRAGMA synchronous=FULL" in settings.DATABASES["default"]["OPTIONS"]["init_command"]
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)


@pytest.mark.only_on("postgresql", reason="SQLite's index has all of its columns")
@pytest.mark.django_db
def test_decisions_on_a_fingerprint_are_found_by_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'decision_latest'")

        assert [made.partition("USING ")[2] for (made,) in cursor.fetchall()] == ["btree (fingerprint)"]


@pytest.mark.django_db
@pytest.mark.only_on("sqlite", reason="rows are written in a process of PostgreSQL's")
@pytest.mark.parametrize(("rows", "is_let_go"), [(1, False), (5, True)])
def test_pages_of_very_many_rows_are_let_go(monkeypatch, rows, is_let_go):
    monkeypatch.setattr(sqlite, "MANY_ROWS", 5)

    said = []
    connection.ensure_connection()
    connection.connection.set_trace_callback(said.append)

    with acting(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE many (number)")
        cursor.executemany("INSERT INTO many VALUES (%s)", [(number,) for number in range(rows)])

    connection.connection.set_trace_callback(None)
    assert any("shrink_memory" in one for one in said) is is_let_go
    cache = [one for one in said if one.startswith("PRAGMA cache_size =")]
    assert (len(cache), cache[0]) == (2, f"PRAGMA cache_size = -{sqlite.ACT_KIB}")
    assert cache[1] != cache[0]
