"""The order of a search in which what matches best comes first."""

import pytest

from recviewer.pages.recordings.best_match import rank

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(client, make_recording):
    """Return a function that searches, and returns what is listed, by name; the files are named against the order."""
    behind = f"Of the sky. {'Nothing else. ' * 40} A comet."
    for name, asked, answered in [
        ("e", "What is this?", "A comet, which is ice and dust."),
        ("d", "Is a comet of ice, and how long does it last?", "Yes."),
        ("c", "Is a comet hot?", "No."),
        ("b", "Ice?", "In a comet."),
        ("a", "Tell me.", behind),
        ("f", "Nothing?", "Nothing."),
    ]:
        make_recording(
            f"tests/recordings/{name}.json", asked=asked, answered=answered, test=f"t.py::test_{name}", id=name
        )

    def search(address):
        listed = client.get("/recordings.json" + address).json()
        return [one["path"].rpartition("/")[2].removesuffix(".json") for one in listed["recordings"]]

    return search


def test_the_question_comes_before_the_answer_and_short_before_long(found):
    assert found("?q=comet") == ["a", "b", "c", "d", "e"]
    assert found("?q=comet&sort=best") == ["c", "d", "b", "e", "a"]


def test_all_words_in_one_line_come_before_words_in_both(found):
    assert found("?q=comet+ice&sort=best") == ["d", "e", "b"]


def test_without_words_it_is_the_order_of_tests(found, client):
    assert found("?sort=best") == ["a", "b", "c", "d", "e", "f"]
    assert "best match" not in client.get("/").content.decode()
    assert "best match" in client.get("/?q=comet").content.decode()


def test_a_recording_has_the_neighbours_of_that_order(found, client):
    shown = client.get("/around/", {"key": "tests/recordings/b.json", "in": "?q=comet&sort=best"}).content.decode()

    assert "<b>3</b> of 5" in " ".join(shown.split())
    assert "/r/tests/recordings/d.json" in shown
    assert "/r/tests/recordings/e.json" in shown


@pytest.mark.parametrize(
    ("wanted", "asked", "expected"),
    [
        ([" come"], "Comets", 0),
        ([" come "], "Comets", 3),
        ([" get "], "get_weather", 0),
        ([" eclair"], "\u00c9clair!", 0),
        ([" omet"], "Comet", 3),
        (["omet"], "Comet", 0),
    ],
)
def test_lines_are_read_as_the_search_reads_them(wanted, asked, expected):
    assert rank(wanted, asked, "")[0] == expected
