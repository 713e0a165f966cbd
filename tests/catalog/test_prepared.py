import threading

import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count
from django.db.models.functions import Lower

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import LENGTHS, prepared


def of_paths(paths, least):
    rows = Recording.objects.select_related("commit", "file").filter(path__in=paths, size__gte=least)
    return rows.annotate(lower=Lower("path")).order_by("path")


def counted(kind):
    return Recording.objects.filter(kind=kind).order_by().values_list("kind").annotate(count=Count("pk"))


@pytest.fixture
def paths(put):
    for number in range(5):
        put(f"tests/recordings/{number}.json", asked=f"Which planet is number {number}?")
    indexer.refresh()
    return list(Recording.objects.order_by("path").values_list("path", flat=True))


def test_rows_are_those_of_the_query(paths, django_assert_num_queries):
    asked = prepared(of_paths)
    for some in (paths[:2], paths[1:3], paths, [paths[0], paths[0]], ["nowhere"], []):
        for least in (0, 10**6):
            wanted = [(row.pk, row.path, row.file, row.lower, row.problems) for row in of_paths(some, least)]
            found = asked(some, least)
            with django_assert_num_queries(0):
                assert [(row.pk, row.path, row.file, row.lower, row.problems) for row in found] == wanted
    assert prepared(counted)("chat") == list(counted("chat")) == [("chat", 5)]


def test_sql_is_made_once_for_lists_of_about_one_length(paths):
    made = []

    @prepared
    def asked(some):
        made.append(len(some))
        return Recording.objects.filter(path__in=some).order_by("path")

    for some in (paths[:1], paths[1:2], paths[2:3], paths[:3], paths[:4], paths):
        assert [row.path for row in asked(some)] == some
    for length in (30, 45, 95, 101, LENGTHS[-1]):
        many = [*(f"nowhere/{number}" for number in range(length - len(paths))), *paths]
        assert [row.path for row in asked(many)] == paths
    assert made == [1, 5, 50, 100, LENGTHS[-1]]


def test_longer_lists_are_asked_as_they_are(paths):
    asked = prepared(of_paths)
    many = [*paths, *(f"nowhere/{number}" for number in range(LENGTHS[-1]))]
    assert [row.path for row in asked(many, 0)] == paths


def test_rows_come_from_the_database_as_it_is_now(paths):
    asked = prepared(of_paths)
    assert [row.kind for row in asked(paths[:1], 0)] == ["chat"]
    Recording.objects.filter(path=paths[0]).update(kind="other")
    assert [row.kind for row in asked(paths[:1], 0)] == ["other"]


def test_a_value_that_the_query_alters_is_refused(paths):
    @prepared
    def beginning(with_what):
        return Recording.objects.filter(path__startswith=with_what)

    @prepared
    def unused(path):
        return Recording.objects.all()

    for refused, given in ((beginning, "tests"), (unused, "x"), (prepared(counted), None), (prepared(counted), True)):
        with pytest.raises(TypeError):
            refused(given)


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_its_own_connection(paths):
    asked, found = prepared(of_paths), []
    asked(paths[:1], 0)

    def ask():
        found.append(connection.connection is None)
        found.extend(row.path for row in asked(paths[1:2], 0))
        BaseDatabaseWrapper.close(connections["default"])  # Django leaves one to a database in memory open

    other = threading.Thread(target=ask)
    other.start()
    other.join()
    assert found == [True, paths[1]]
