import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.catalog import indexer, search
from recviewer.catalog.models import Recording
from recviewer.language.pasted import understood
from tests.catalog.conftest import document

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
        ("-celsius", [1, 2]),
        ("-celsius -ice", [1]),
        ("***", []),
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


@pytest.mark.parametrize(
    ("query", "numbers"), [("C++", [0]), ("c#", [0]), ("c", [0, 1]), ("why?", [2]), ("why", [2, 3])]
)
def test_a_sign_that_ends_a_word_leaves_no_room_for_longer_ones(find, query, numbers):
    assert find(query, "C++ and C#", "cats", "why", "whyever") == numbers


@pytest.fixture
def one(put):
    """A recording, which is read once however many queries are tried."""
    put()
    indexer.refresh(processes=1)


@settings(deadline=None)
@given(st.text(max_size=12) | st.text('"-*():^+ab\0\udcff_%\\ 日', max_size=12))
def test_nothing_that_is_typed_fails(one, query):
    row = Recording.objects.get()

    assert search.matching(Recording.objects.all(), query).count() in (0, 1)
    assert set(search.snippets([row.pk], search.tokens(query))) <= {row.pk}


@pytest.mark.parametrize(
    ("query", "numbers"),
    [("天気", [0, 1]), ("天気 東京", [0]), ('"今日の天気"', [0]), ("天気 -東京", [1]), ("100%天", []), ("気_", [])],
)
def test_languages_without_spaces_are_found_by_scan(find, query, numbers):
    assert find(query, "東京、今日の天気です", "明日の天気です", "weather") == numbers


@pytest.mark.parametrize(("query", "numbers"), [("🙂", [0]), ("🙂 fine", [0]), ("-🙂", [1]), ("🙃", [])])
def test_pictures_are_found(find, query, numbers):
    assert find(query, "All fine 🙂", "All fine.") == numbers


TESTS = (
    "tests/integration/a/test_sky.py::test_colour_of[txt=m-1]",
    "tests/integration/a/test_sky.py::TestSky::test_colour_of[txt=m-1-What is it? [Say 2 - 1.]]",
    "tests/integration/b/test_sky.py::TestSea::test_depth",
)


@pytest.fixture
def named(put):
    """Return a function that tells which tests a search finds, by number; 3 is a recording that only talks of one."""
    for number, test in enumerate(TESTS):
        put(f"tests/recordings/{number}.json", test=test, answered="Blue.")
    put("tests/recordings/3.json", test=None, answered="Run test_depth, please.")
    indexer.refresh(processes=1)

    def found(query):
        paths = search.matching(Recording.objects.order_by("path"), understood(query)).values_list("path", flat=True)
        return [int(path.rpartition("/")[2].removesuffix(".json")) for path in paths]

    return found


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("test_colour_of", [0, 1]),
        ("test_depth", [2, 3]),
        ('"test_depth"', [3]),
        ("-test_depth", [0, 1]),
        ("test_colour_of blue", [0, 1]),
        ("test_colour_of red", []),
        ("TestSky", [1]),
        ("TestSky::test_colour_of", [1]),
        ("TestSky.test_colour_of", [1]),
        ("test_sky.py", [0, 1, 2]),
        ("b/test_sky.py", [2]),
        ("integration/b/test_sky.py", [2]),
        ("./tests/integration/b/test_sky.py", [2]),
        ("/home/me/project/tests/integration/b/test_sky.py", [2]),
        ("test_sky.py::test_colour_of", [0]),
        ("a/test_sky.py::test_colour_of[txt=m-1]", [0]),
        ("project/tests/integration/a/test_sky.py::test_colour_of[txt=m-1]", [0]),
        (TESTS[1], [1]),
        (f"{TESTS[1]} blue", [1]),
        (f"FAILED {TESTS[1]} - AssertionError: assert [1] == [2]", [1]),
        (f"FAILED {TESTS[0]} - model:gpt-4o is not here", [0]),
        (f"FAILED {TESTS[0]}", [0]),
        (f"ERROR at setup of {TESTS[2]}", [2]),
        (f"[gw1] [ 12%] FAILED {TESTS[0]}", [0]),
        (f"{TESTS[0]} PASSED [ 12%]", [0]),
        ("____ TestSky.test_colour_of[txt=m-1-What is it? [Say 2 - 1.]] ____", [1]),
        ("tests/integration/b/test_sky.py:12: in test_depth", [2]),
        ("tests/integration/b/test_sky.py:12: AssertionError", [2]),
        ("test_nothing", []),
        ("test_colour_of[txt=m", [0, 1]),
        ("tests/integration/b/test_sky.py ..F.s  [ 12%]", [2]),
        (f"pytest -x {TESTS[0]}", [0]),
        (f"$ uv run pytest -q -x {TESTS[1]}", [1]),
        ("::test_depth", [2, 3]),
    ],
)
def test_test_is_found_as_pytest_prints_it(named, query, numbers):
    assert named(query) == numbers


HASH = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        (HASH, ["a/recordings/0123456789ab.json", f"recordings/{HASH}.json"]),
        (HASH.upper(), ["a/recordings/0123456789ab.json", f"recordings/{HASH}.json"]),
        (HASH[:12], ["a/recordings/0123456789ab.json", f"recordings/{HASH}.json"]),
        (HASH[:7], ["a/recordings/0123456789ab.json", f"recordings/{HASH}.json"]),
        (HASH[:6], []),
        ("0123456789ab.json", ["a/recordings/0123456789ab.json", f"recordings/{HASH}.json"]),
        (f"recordings/{HASH}.json", [f"recordings/{HASH}.json"]),
        ("top/a/recordings/0123456789ab.json", ["a/recordings/0123456789ab.json"]),
        (
            f"Recording not found for request hash: {HASH}",
            ["a/recordings/0123456789ab.json", f"recordings/{HASH}.json"],
        ),
        (
            f"E   RuntimeError: no hash {HASH[:12]}. Model: m",
            ["a/recordings/0123456789ab.json", f"recordings/{HASH}.json"],
        ),
        ("fedcba987654", ["recordings/models-fedcba9876543210-0a1b2c3d.json"]),
        ("deadbeefdeadbeef", []),
        (f"'{HASH[:12]}',", ["a/recordings/0123456789ab.json", f"recordings/{HASH}.json"]),
        (f"{HASH[:12]}…", ["a/recordings/0123456789ab.json", f"recordings/{HASH}.json"]),
        (f"No such file or directory: '/x/y/recordings/{HASH}.json'", [f"recordings/{HASH}.json"]),
        (f"request_hash={HASH[:12]} is unknown", ["a/recordings/0123456789ab.json", f"recordings/{HASH}.json"]),
    ],
)
def test_hash_finds_the_files_that_it_names(put, query, paths):
    names = ["a/recordings/0123456789ab.json", f"recordings/{HASH}.json"]
    for path in [*names, "recordings/models-fedcba9876543210-0a1b2c3d.json"]:
        put(path, answered="Blue.")
    indexer.refresh(processes=1)
    found = search.matching(Recording.objects.order_by("path"), understood(query)).values_list("path", flat=True)

    assert list(found) == paths


def test_blob_as_displayed_and_what_replay_looks_for_are_found(put):
    put()
    indexer.refresh(processes=1)
    Recording.objects.update(replay_expected="aaaabbbbcccc.json")
    blob = Recording.objects.get().blob

    for query in (blob, blob[:12], blob[:7].upper(), "aaaabbbbcccc", "aaaabbbbccccdddd"):
        assert search.matching(Recording.objects.all(), query).count() == 1, query


@pytest.mark.parametrize(
    "line",
    [
        "the colour of planets",
        "test_sky and more",
        "FAILED to load",
        "ERROR in the answer",
        '"FAILED a.py::test_b - x"',
        "kind:chat test_sky",
        "a hash of words",
        "PASSED",
        "pytest fixtures",
        "run pytest now",
        "a file.json here",
        "",
    ],
)
def test_other_lines_stay_as_they_are(line):
    assert understood(line) == line


@pytest.mark.slow
@given(st.text() | st.text('[]: _.-test"abF0'))
def test_any_line_is_understood(line):
    once = understood(line)

    assert understood(once) == once or once == ""
    assert search.tokens(once) is not None


def snippet(put, query, **words):
    put(**words)
    indexer.refresh(processes=1)
    return search.snippets([Recording.objects.get().pk], search.tokens(query)).get(Recording.objects.get().pk)


def test_snippet_marks_the_words_in_the_answer(put):
    found = snippet(put, "blue", answered="Planets are red, blue and grey.", test=None)

    assert found.where == "answered"
    assert [text for text, is_hit in found.pieces if is_hit] == ["blue"]
    assert "".join(text for text, _ in found.pieces) == "Planets are red, blue and grey."


def test_snippet_marks_whole_words_alone_where_a_sign_ends_the_word(put):
    found = snippet(put, "C++", answered="Cats can write C++, of course.", test=None)

    assert [text for text, is_hit in found.pieces if is_hit] == ["C"]


def test_snippet_comes_from_the_question_where_the_answer_has_none(put):
    assert snippet(put, "colour", asked="Which colour?", answered="Blue.").where == "asked"


@pytest.mark.parametrize(
    ("query", "where", "sort"),
    [
        ("sonnet", "asked", "prompt"),
        ("get_weather", "asked", "call"),
        ("Zürich", "asked", "call"),
        ("drizzle", "asked", "result"),
        ("umbrella", "answered", "answer"),
        ("pondering", "answered", "reasoning"),
    ],
)
def test_snippet_says_in_what_the_words_were_said(put, query, where, sort):
    call = {"id": "c", "type": "function", "function": {"name": "get_weather", "arguments": r'{"city": "Z\u00fcrich"}'}}
    data = document(asked="A sonnet on the weather?", answered="Take an umbrella.", test=None)
    data["request"]["body"]["messages"] += [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": "drizzle\x01"},
    ]
    data["response"]["body"]["__data__"]["choices"][0]["message"]["reasoning_content"] = "pondering"
    put(data=json.dumps(data).encode())
    indexer.refresh(processes=1)
    row = Recording.objects.get()

    found = search.snippets([row.pk], search.tokens(query))[row.pk]

    assert (found.where, found.sort) == (where, sort)


def test_snippet_of_a_scan_marks_the_words(put):
    found = snippet(put, "天気 今日", answered="東京、今日の天気です")

    assert found.pieces == (("東京、今日の", False), ("天気", True), ("です", False))


ARGUMENTS = r'{"city": "Z\u00fcrich", "note": "one\nmeadow", "inner": "{\"size\": \"Gr\\u00f6\\u00dfe\"}"}'


@pytest.mark.parametrize(
    "query", ["Zürich", "zurich", '"city": "Zürich"', "meadow", "Größe", r"Z\u00fcrich", "get_weather"]
)
@pytest.mark.parametrize("is_asked", [False, True])
def test_words_that_json_wrote_as_escapes_are_found(put, query, is_asked):
    call = {"id": "c", "type": "function", "function": {"name": "get_weather", "arguments": ARGUMENTS}}
    data = document(asked="Weather?", test=None)
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    if is_asked:
        data["request"]["body"]["messages"].append(message)
    else:
        data["response"]["body"]["__data__"]["choices"][0]["message"] = message
    put(data=json.dumps(data).encode())
    indexer.refresh(processes=1)
    row = Recording.objects.get()

    assert search.matching(Recording.objects.all(), query).count() == 1
    shown = "".join(text for text, _ in search.snippets([row.pk], search.tokens(query))[row.pk].pieces)
    assert query != "Zürich" or '"city": "Zürich"' in shown
    assert is_asked or row.answered.startswith('get_weather {"city": "Zürich"')


def test_snippet_does_not_mistake_recorded_control_characters_for_marks(put):
    found = snippet(put, "blue", answered="a \x02red\x03 blue")

    assert [text for text, is_hit in found.pieces if is_hit] == ["blue"]


def test_snippets_of_no_recordings_are_none():
    assert search.snippets([], search.tokens("blue")) == {}
