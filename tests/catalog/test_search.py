import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recviewer.catalog import indexer, search
from recviewer.catalog.models import Recording

pytestmark = pytest.mark.django_db


@pytest.fixture
def find(put):
    """Return a function that indexes answers and tells which of them a search finds, by number."""

    def found(query, *answers):
        for number, answered in enumerate(answers):
            put(f"tests/recordings/{number}.json", answered=answered, test=None)
        indexer.refresh(processes=1)
        paths = search.matching(Recording.objects.order_by("path"), query).values_list("path", flat=True)
        return [int(path.rpartition("/")[2].removesuffix(".json")) for path in paths]

    return found


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("boiling", [0, 1]),
        ("BOILING Point", [0, 1]),
        ("point boiling", [0, 1]),
        ('"boiling point"', [0]),
        ('"boiling point', [0]),
        ("boil", [0, 1]),
        ("boiling -celsius", [1]),
        ('boiling -"boiling point"', [1]),
        ("-celsius", []),
        ("nothing", []),
        ("", []),
        ("   ", []),
    ],
)
def test_words_phrases_and_exclusions_find_what_they_say(find, query, numbers):
    assert find(query, "The boiling point in Celsius", "A point that is boiling", "Ice") == numbers


def test_phrase_that_a_stream_cut_apart_is_found(find):
    assert find('"hundred degrees"', ["one hun", "dred", " deg", "rees"], ["one hundred and ten degrees"]) == [0]


def test_words_of_the_question_are_found(put):
    put(asked="Which planet is inhabited?")
    indexer.refresh(processes=1)

    assert search.matching(Recording.objects.all(), "inhabited").count() == 1


@pytest.mark.parametrize(
    "query", ["a AND b", "NEAR(alpha beta)", "alpha*", "asked:alpha", "(alpha", "^alpha", "alpha + beta"]
)
def test_signs_of_the_search_language_are_plain_text(find, query):
    assert find(query, "unrelated words") == []


@pytest.mark.parametrize("query", ["alpha *", "alpha _", "alpha --", "alpha ()", '"alpha" ""', "alpha \"'"])
def test_signs_without_words_do_not_matter(find, query):
    assert find(query, "alpha", "beta") == [0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=12) | st.text('"-*():^+ab\0\udcff_%\\ 日', max_size=12))
def test_nothing_that_is_typed_fails(put, query):
    put()
    indexer.refresh(processes=1)
    row = Recording.objects.get()

    assert search.matching(Recording.objects.all(), query).count() in (0, 1)
    assert set(search.snippets([row.pk], query)) <= {row.pk}


@pytest.mark.parametrize(
    ("query", "numbers"),
    [("天気", [0, 1]), ("天気 東京", [0]), ('"今日の天気"', [0]), ("天気 -東京", [1]), ("100%天", []), ("気_", [])],
)
def test_languages_without_spaces_are_found_by_scan(find, query, numbers):
    assert find(query, "東京、今日の天気です", "明日の天気です", "weather") == numbers


def snippet(put, query, **words):
    put(**words)
    indexer.refresh(processes=1)
    return search.snippets([Recording.objects.get().pk], query).get(Recording.objects.get().pk)


def test_snippet_marks_the_words_in_the_answer(put):
    found = snippet(put, "blue", answered="Planets are red, blue and grey.", test=None)

    assert found.where == "answered"
    assert [text for text, is_hit in found.pieces if is_hit] == ["blue"]
    assert "".join(text for text, _ in found.pieces) == "Planets are red, blue and grey."


def test_snippet_comes_from_the_question_where_the_answer_has_none(put):
    assert snippet(put, "colour", asked="Which colour?", answered="Blue.").where == "asked"


def test_snippet_of_a_scan_marks_the_words(put):
    found = snippet(put, "天気 今日", answered="東京、今日の天気です")

    assert found.pieces == (("東京、今日の", False), ("天気", True), ("です", False))


def test_snippet_does_not_mistake_recorded_control_characters_for_marks(put):
    found = snippet(put, "blue", answered="a \x02red\x03 blue")

    assert [text for text, is_hit in found.pieces if is_hit] == ["blue"]


def test_snippets_of_no_recordings_are_none():
    assert search.snippets([], "blue") == {}
