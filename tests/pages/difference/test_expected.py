"""What a test looks for, on the pages of a range."""

import pytest

TEST = "tests/test_moon.py::test_moon"
SOURCE = """
def test_moon(client):
    reply = client.responses.create(input="Which moon?")
    assert "<titan>" in reply.output_text or "rhea" in reply.output_text.lower()
"""


@pytest.fixture
def made(commit, make_recording, root):
    """Return a function that makes a range in which one answer changed."""

    def make(before, after, source=SOURCE):
        place = root / "tests" / "test_moon.py"
        place.parent.mkdir(exist_ok=True)
        place.write_text(source)
        make_recording(
            "tests/recordings/a.json", asked="Which moon?", answered=before, test="tests/test_moon.py::test_moon"
        )
        base = commit("before")
        make_recording(
            "tests/recordings/a.json", asked="Which moon?", answered=after, test="tests/test_moon.py::test_moon"
        )
        return f"{base}..{commit('after')}"

    return make


def shown(client, spec):
    page = client.get(f"/changes/{spec}?change=tests/recordings/a.json")
    return page.context["page"].difference.expected, page.content.decode()


def test_lost_words_are_told_on_the_change_and_counted_on_the_range(client, made):
    source = SOURCE.replace(' or "rhea" in reply.output_text.lower()', "")
    spec = made("It is <titan>.", "It is Luna.", source)

    expected, html = shown(client, spec)

    (line,) = expected.lines
    assert (line.tone, line.any_of, line.state) == ("bad", ("<titan>",), "before, not now")
    assert line.where == "test_moon.py, line 4"
    assert "&lt;titan&gt;" in html
    assert "lost what its test looks for" in html
    landing = client.get(f"/changes/{spec}").content.decode()
    assert "whose test was seen to look for words that it held does not keep all of them." in landing


def test_kept_words_are_told_too(client, made):
    spec = made("rhea", "Rhea it is", SOURCE.replace('"<titan>" in reply.output_text or ', ""))

    expected, html = shown(client, spec)

    assert [(line.tone, line.state) for line in expected.lines] == [("good", "there, before and now")]
    assert "lost what its test looks for" not in html
    landing = client.get(f"/changes/{spec}").content.decode()
    assert "whose test was seen to look for words that it held keeps all of them." in landing


@pytest.mark.slow
def test_a_source_that_says_nothing_is_told_and_one_that_is_not_there_is_not(client, made):
    assert "that can be read from its source" in shown(client, made("a", "b", "def test_moon(client): ..."))[1]
    assert shown(client, made("a b", "b c", "def test_else(client): ..."))[0] is None


def test_an_assert_that_cannot_be_read_is_counted_once_for_all_calls_of_a_test(client, commit, make_recording, root):
    place = root / "tests" / "test_moon.py"
    place.parent.mkdir(exist_ok=True)
    place.write_text(SOURCE + '    assert "rhea" in reply.output_text.lower()\n')
    commits = []
    for answer in ("rhea", "Rhea it is"):
        for name in "ab":
            make_recording(
                f"tests/recordings/{name}.json", asked="Which moon?", answered=f"{answer} {name}", test=TEST, id=name
            )
        commits.append(commit(answer))
    answer = client.get(f"/changes/{'..'.join(commits)}?read=tests/recordings/a.json")

    assert [call.expected.unread for call in answer.context["page"].calls] == [1, 0]
    assert 'id="expected"' not in answer.content.decode()


def test_an_assert_that_cannot_be_read_is_counted(client, made):
    expected, html = shown(client, made("a", "b", SOURCE))

    assert expected.unread == 1
    assert "1 assert of the test about its answers could not be read" in html


def test_where_the_source_does_not_say_of_which_answer_that_is_told(client, made):
    source = SOURCE.replace('input="Which moon?"', "input=ask()").replace('"<titan>" in reply.output_text or ', "")

    expected, _ = shown(client, made("rhea", "Rhea it is", source))

    assert [line.state for line in expected.lines] == ["there, before and now; the test may mean another answer"]
