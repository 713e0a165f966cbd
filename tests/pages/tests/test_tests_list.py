"""All tests: by file and function, narrowed and ordered; every number is one that the recordings give."""

import json
from html import unescape
from random import Random
from statistics import median

import pytest

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.pages.tests.functions import _medians_of_others, functions_of, outliers, outliers_said, product_of
from recviewer.pages.tests.rows import RowTeller, shared_folder
from recviewer.pages.tests.tally import Tally
from recviewer.pages.text.folds import Folds
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.review.decide import decide
from recviewer.review.subjects import Seen

CATS, DOGS = "tests/animals/test_cats.py", "tests/animals/test_dogs.py"


@pytest.fixture
def put(root, chat, db):
    """A function that writes so many recordings of a test, each asking something else."""
    numbers = iter(range(1_000))

    def make(test, count=1):
        for _ in range(count):
            number = next(numbers)
            place = root / "tests/recordings" / f"r{number}.json"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(json.dumps(chat(asked=f"Question {number}?", test=test, id=str(number))).encode())
        indexer.refresh(processes=1)

    return make


@pytest.fixture
def tests_of_two_files(put):
    put(f"{CATS}::test_purr[openai_client-txt=acme/gpt-4o]", 9)
    put(f"{CATS}::test_purr[openai_client-txt=beta/gpt-4o]", 2)
    put(f"{CATS}::test_sleep", 1)
    put(f"{DOGS}::test_bark", 3)
    put(None, 1)


def page_of(client, address="/tests/"):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.context["page"], unescape(answer.content.decode())


def test_files_functions_and_tests_stand_in_the_order_of_the_tree(client, tests_of_two_files):
    page, text = page_of(client)
    assert (page.tests, page.functions, page.sum.count, page.all_tests, page.none) == (4, 3, 15, 4, 1)
    assert [(file.folder, file.name, file.functions, file.tests, file.tally.count) for file in page.files] == [
        ("", "test_cats.py", 2, 3, 12),
        ("", "test_dogs.py", 1, 1, 3),
    ]
    purr, sleep = page.files[0].fold.body
    assert (purr.name, purr.parameters, purr.tests, len(purr.bars)) == ("purr", "acme, beta × openai_client", 2, 2)
    assert purr.marks[0][2] == "acme 9, others 2"
    assert [bar.tone for bar in purr.bars] == ["warn", ""]
    assert sleep.url == url_of_test(f"{CATS}::test_sleep")
    assert "4 tests" in text


def test_the_sizes_are_those_of_the_recordings(client, tests_of_two_files):
    page, _ = page_of(client)
    rows = Recording.objects.exclude(test_id=None)
    assert page.sum.size == sum(row.size for row in rows)
    assert page.sum.missed == sum(row.replay in ("older", "edited", "unknown") for row in rows)


def test_the_tests_of_a_function_are_a_table(client, tests_of_two_files):
    page, _ = page_of(client)
    fold = page.files[0].fold.body[0].fold
    _, text = page_of(client, f"/tests/{fold.query}")
    assert f'href="{url_of_test(f"{CATS}::test_purr[openai_client-txt=beta/gpt-4o]")}"' in text
    part = client.get(f"/tests/{fold.query}", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "<b>9</b>" in part


def test_a_file_that_was_left_closed_is_fetched(client, tests_of_two_files):
    page, _ = page_of(client)
    query = page.files[1].fold.query
    assert "bark" in client.get(f"/tests/{query}", headers={"HX-Request": "true"}).content.decode()
    assert client.get("/tests/?open=nothing", headers={"HX-Request": "true"}).status_code == 404


def test_filters_and_words_are_those_of_the_list(client, tests_of_two_files):
    page, _ = page_of(client, "/tests/?test=dogs")
    assert (page.tests, page.sum.count, page.all_tests, page.none) == (1, 3, 4, 0)
    answer = client.get("/tests/?q=test%3Adogs")
    assert answer.headers["Location"] == "/tests/?test=dogs"
    page, text = page_of(client, "/tests/?model=nobody")
    assert page.tests == 0
    assert "No test matches" in text
    page, text = page_of(client, "/tests/?kind=nonsense")
    assert page.faults
    assert client.get("/tests.json?kind=nonsense").status_code == 400


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("-recordings", ["purr", "bark", "sleep"]),
        ("-size", ["purr", "bark", "sleep"]),
        ("-apart", ["purr"]),
        ("-last", ["purr", "sleep", "bark"]),
        ("nonsense", []),
    ],
)
def test_functions_may_be_ordered(client, tests_of_two_files, order, names):
    page, _ = page_of(client, f"/tests/?sort={order}")
    assert [one.name for one in page.flat] == names
    assert page.shown == (len(names) or 3)


def test_verdicts_are_counted_at_once(client, tests_of_two_files):
    page_of(client)
    one = Recording.objects.get(path="tests/recordings/r11.json")
    decide([Seen(one.path, one.blob)], actor="ada", verdict="approve")
    page, text = page_of(client)
    assert page.files[0].verdicts == (("approved", 1),)
    assert page.files[1].verdicts == ()
    assert page_of(client, "/tests/?state=approved")[0].tests == 1
    assert "of 12" in text


def test_the_json_form_has_every_test(client, tests_of_two_files):
    told = json.loads(client.get("/tests.json").content)
    assert (told["total"], told["recordings"], told["next"]) == (4, 15, None)
    assert [(one["recordings"], one["came_to"]) for one in told["tests"]] == [
        (9, {"answer": 9}),
        (2, {"answer": 2}),
        (1, {"answer": 1}),
        (3, {"answer": 3}),
    ]
    assert [one["test_id"] for one in json.loads(client.get("/tests.json?test=dogs").content)["tests"]] == [
        f"{DOGS}::test_bark"
    ]
    assert json.loads(client.get("/tests.json?page=2").content)["tests"] == []


def test_a_tree_without_tests_says_so(client, put):
    put(None)
    assert "No tests here" in page_of(client)[1]


def test_hostile_ids_have_rows(client, put):
    for at, id in enumerate(["<b>[x", "a\nb.py::c[\u202e]", "::", "[", "x" * 900, "a/../b.py::t[1]"]):
        put(id, at + 1)
    page, _text = page_of(client)
    assert page.tests == 6
    assert page_of(client, "/tests/?sort=-recordings")[0].shown == page.functions


@pytest.mark.parametrize(
    ("counts", "apart"),
    [
        ([], ()),
        ([30], ()),
        ([28, 30, 3, 3], (0, 1)),
        ([8, 2, 2], (0,)),
        ([7, 1, 1], ()),
        ([9, 4, 4], ()),
        ([12, 4, 4], (0,)),
    ],
)
def test_far_more_than_its_siblings(counts, apart):
    assert outliers(counts) == apart


def test_the_median_of_the_others_is_that_of_the_list_without_one():
    chance = Random(9)
    for _ in range(200):
        counts = [chance.randrange(9) for _ in range(chance.randrange(1, 12))]
        others = [median(counts[:at] + counts[at + 1 :]) if counts[1:] else counts[at] for at in range(len(counts))]
        assert _medians_of_others(counts) == others


def test_very_many_tests_of_a_function_are_compared():
    counts = [
        30 if at % 3 == 0 else 3 for at in range(150_000)
    ]  # would take hours if each were compared with all others
    assert outliers(counts) == tuple(range(0, 150_000, 3))


def test_equal_rows_of_a_table_are_told_apart():
    ids = [f"t.py::test[txt=openai/{model}]" for model in "abcdefg"]
    (one,) = functions_of({id: Tally(count=1) for id in ids})
    grid = RowTeller(Folds(set()), tuple("abcdefg"), [one], has_runs=False)._grid_of(one)
    assert len({name for name, _ in grid.rows}) == 7
    assert grid.rows[-1][0].endswith(" · 7")


def test_who_holds_far_more_is_named():
    ids = [
        f"t.py::test[{client}-txt={provider}/m]"
        for provider in ("openai", "azure")
        for client in ("a_client", "b_client")
    ]
    (one,) = functions_of({id: Tally(count=count) for id, count in zip(ids, (28, 30, 3, 3), strict=True)})
    assert outliers_said(one, ("m",)) == "openai 28 and 30, others 3"
    assert product_of(one, ("m",)) == "azure, openai × 2 clients"
    (plain,) = functions_of({f"t.py::test[{at}]": Tally(count=count) for at, count in enumerate((15, 3, 5))})
    assert outliers_said(plain, ()) == "one has 15, others 3 and 5"


def test_the_folder_of_all_files_is_left_out():
    assert shared_folder(["a/b/c.py", "a/b/d/e.py"]) == "a/b/"
    assert shared_folder(["a/b.py"]) == ""
    assert shared_folder([]) == ""
