"""What is read from the sources of tests, invented ones of every form that asserts on answers take."""

import textwrap

import pytest

from recviewer.asserts.reading import expectations_of
from recviewer.asserts.sources import SourceFiles

ASK = 'reply = client.chat.completions.create(model=m, messages=[{"role": "user", "content": "Which planet?"}])\n'
TEXT = "text = reply.choices[0].message.content\n"


def read(files, test_id="tests/test_a.py::test_a"):
    """Return what a test of invented files looks for."""
    texts = {path: textwrap.dedent(text) for path, text in files.items()}
    return expectations_of(SourceFiles(texts.get), test_id)


def body(statements, decorators="", more="", parameters="client, m"):
    """A file with one test."""
    inner = textwrap.indent(textwrap.dedent(statements), "    ")
    return {"tests/test_a.py": f"{more}\n{decorators}\ndef test_a({parameters}):\n{inner}\n"}


def said(looks):
    """What is expected as short lines: `text contains saturn`, with a minus for what may not be there."""
    return [
        f"{'-' if one.absent else ''}{one.where} {one.how} {'|'.join(map(str, one.any_of))}" for one in looks.expected
    ]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ('assert "Saturn" in text', ["text contains Saturn"]),
        ('assert "saturn" in text.lower()', ["text contains saturn"]),
        ('assert "Saturn".lower() in text.lower().strip()', ["text contains saturn"]),
        ('assert text == "Saturn"', ["text equals Saturn"]),
        ('assert "Saturn" == text.strip()', ["text equals Saturn"]),
        ('assert text in ["joy", "sadness"]', ["text equals joy|sadness"]),
        ('assert text.startswith("Sa")', ["text starts Sa"]),
        ('assert text.endswith(("n", "n."))', ["text ends n|n."]),
        ('assert "1963" not in text', ["-text contains 1963"]),
        ('assert not "1963" in text', ["-text contains 1963"]),
        ('assert "a" in text and "b" in text', ["text contains a", "text contains b"]),
        ('assert "a" in text or "b" in text', ["text contains a|b"]),
        ('assert any(word in text for word in {"dog"} | set())', []),
        ('assert any(word in text.lower() for word in ["dog", "pup"])', ["text contains dog|pup"]),
        ('assert all(word in text for word in ("dog", "pup"))', ["text contains dog", "text contains pup"]),
        ("assert all(str(i) in text for i in range(1, 3))", ["text contains 1", "text contains 2"]),
        ('want = "Sat"\nassert want + "urn" in text', ["text contains Saturn"]),
        ('want = {"planet": ["Mars", "Saturn"]}\nassert want["planet"][1] in text', ["text contains Saturn"]),
        ('for want in ("a", "b"):\n    assert want in text', ["text contains a", "text contains b"]),
        ('import re\nassert re.search(r"rings?", text)', ["text matches (?:rings?)"]),
        ('import re\nassert re.search(r"\\bring", text, re.I)', [r"text matches (?i)(?:\bring)"]),
        ('import re\nassert re.match("Sat", text) is not None', [r"text matches \A(?:Sat)"]),
        ('import re\nassert not re.search("Mars", text)', ["-text matches (?:Mars)"]),
        ("import json\ndata = json.loads(text)\nassert data['name'] == 'Ada'", ["text equals Ada"]),
        ("assert Person.model_validate_json(text).born == 1963", ["text equals 1963"]),
        ("assert reply.choices[0].message.tool_calls[0].function.name == 'add'", ["tool equals add"]),
        (
            "names = [c.function.name for c in reply.choices[0].message.tool_calls]\nassert 'add' in names",
            ["tool equals add"],
        ),
        (
            "call = reply.choices[0].message.tool_calls[0]\nassert 'Oslo' in call.function.arguments",
            ["arguments contains Oslo"],
        ),
        # about something else than words of a model
        ("assert len(text) > 0", []),
        ("assert reply.id.startswith('resp_')", []),
        ("assert reply.usage.total_tokens == 12", []),
        ("assert 'usage' in reply", []),
        ("assert reply.model == 'gpt-4o'", []),
        ("assert 'rings' in reply.output[0].results[0].text", []),
        ("assert reply.choices[0].message.content is not None", []),
        ("assert '' in text", []),
        ("assert 'a' in str(m)", []),
    ],
)
def test_a_condition_is_read(statements, expected):
    looks = read(body(ASK + TEXT + statements))

    assert said(looks) == expected


ASKED = '{"role": "user", "content": "Which planet?"}'
PARTS = '{"role": "user", "content": [{"type": "text", "text": "Which planet?"}]}'


@pytest.mark.parametrize(
    "call",
    [
        'client.responses.create(model=m, input="Which planet?").output_text',
        f"client.messages.create(messages=[{PARTS}]).content[0].text",
        'chat.invoke([SystemMessage(content="Be brief"), HumanMessage(content="Which planet?")]).content',
        'client.models.generate_content(model=m, contents="Which planet?").text',
        f"completion(model=m, messages=[{ASKED}]).choices[0].message.content",
        f'client.post("/v1/messages", json={{"messages": [{ASKED}]}}).json()["content"][0]["text"]',
        f"ollama.chat(model=m, messages=[{ASKED}])['message']['content']",
        f"''.join([c.choices[0].delta.content or '' for c in client.chat.completions.create(messages=[{ASKED}])])",
    ],
)
def test_the_ways_to_ask_are_known_with_their_question(call):
    looks = read(body(f'assert "saturn" in {call}.lower()'))

    assert said(looks) == ["text contains saturn"]
    assert looks.expected[0].question == "Which planet?"
    assert looks.expected[0].sure


def test_a_call_that_asks_no_model_for_words_is_none():
    looks = read(
        body(
            'store = client.vector_stores.create(name="a")\nassert store.name == "a"\nassert "a" in store.text.lower()'
        )
    )

    assert said(looks) == []


def test_streamed_pieces_are_put_together():
    statements = """
    said = ""
    for chunk in client.chat.completions.create(messages=[{"role": "user", "content": "Which planet?"}], stream=True):
        if chunk.choices and chunk.choices[0].delta.content:
            said += chunk.choices[0].delta.content
    assert "saturn" in said.lower()
    """
    looks = read(body(statements))

    assert said(looks) == ["text contains saturn"]
    assert looks.expected[0].sure


def test_a_condition_that_the_source_leaves_open_makes_it_unsure():
    looks = read(body(ASK + TEXT + 'if m.startswith("big"):\n    assert "saturn" in text'))

    assert said(looks) == ["text contains saturn"]
    assert not looks.expected[0].sure


CASES = """
import pytest
CASES = [
    pytest.param(Case(question="AnswerPiece do people live?", expected="earth"), id="earth"),
    pytest.param(Case(question="Which planet?", expected="saturn"), id="saturn"),
    pytest.param(Case(question="Which moon?", expected="titan"), id="saturn-moon"),
]
"""
DECORATED = '@pytest.mark.parametrize("case", CASES)'
ASKS_CASE = (
    "reply = client.responses.create(input=case.question)\nassert case.expected.lower() in reply.output_text.lower()"
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("client-txt=acme/small-1-earth", "earth"),
        ("client-txt=acme/small-1-saturn", "saturn"),
        ("client-saturn-moon", "titan"),
        ("earth-client", "earth"),
    ],
)
def test_the_id_tells_the_case(written, expected):
    files = body(ASKS_CASE, DECORATED, CASES, "client, case")
    looks = read(files, f"tests/test_a.py::test_a[{written}]")

    assert said(looks) == [f"text contains {expected}"]


@pytest.mark.parametrize("written", ["client-mars", "earthy", "", "client-earth-saturn"])
def test_an_id_that_tells_no_case_gives_nothing_and_says_so(written):
    files = body(ASKS_CASE, DECORATED, CASES, "client, case")
    looks = read(files, f"tests/test_a.py::test_a[{written}]")

    assert said(looks) == []
    assert looks.unread


def test_cases_may_come_from_another_file_and_hold_turns():
    files = {
        "tests/test_a.py": """
        from .data.cases import turns_cases
        from ..lib import assert_says

        class TestTalk:
            @pytest.mark.parametrize("case", turns_cases)
            def test_a(self, client, case):
                before = None
                for question, expected in case.turns:
                    reply = client.responses.create(input=question, previous_response_id=before)
                    before = reply.id
                    assert_says(reply.output_text, expected)
        """,
        "tests/data/cases.py": """
        turns_cases = [pytest.param(Case(turns=[("Which planet?", "Saturn"), ("Its moon?", "Titan")]), id="space")]
        """,
        "lib.py": """
        import unicodedata

        def plain(text):
            return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode("ascii").lower()

        def assert_says(text, expected, msg=None):
            assert plain(expected) in plain(text), msg
        """,
    }
    looks = read(files, "tests/test_a.py::TestTalk::test_a[client-space]")

    assert said(looks) == ["text contains saturn", "text contains titan"]
    assert [expectation.question for expectation in looks.expected] == ["Which planet?", "Its moon?"]
    assert [expectation.asked for expectation in looks.expected] == [1, 2]
    assert {expectation.line for expectation in looks.expected} == {12}, "the line of the test, not of the helper"


def test_a_case_may_lie_in_json_beside_the_class_that_reads_it():
    files = {
        "tests/test_a.py": """
        from .cases.case import TestCase

        @pytest.mark.parametrize("name", ["chat:sanity", "chat:rings"])
        def test_a(client, name):
            case = TestCase(name)
            reply = client.completions.create(prompt=case["question"])
            assert case["expected"] in reply.choices[0].text
        """,
        "tests/cases/case.py": "class TestCase:\n    def __init__(self, name): ...\n",
        "tests/cases/chat.json": '{"rings": {"data": {"question": "Which planet?", "expected": "Saturn"}}}',
    }
    looks = read(files, "tests/test_a.py::test_a[client-chat:rings]")

    assert said(looks) == ["text contains Saturn"]
    assert looks.expected[0].question == "Which planet?"


def test_an_expected_error_is_noted():
    looks = read(
        body(
            'with pytest.raises((BadRequest, openai.NotFound), match="no such"):\n    client.responses.create(input="a")'
        )
    )

    assert looks.raises[0].names == ("BadRequest", "openai.NotFound")
    assert looks.raises[0].match == "no such"


def test_what_people_said_is_no_answer():
    statements = """
    result = graph.invoke({"messages": [HumanMessage(content="Which planet?")]})
    asked = [m for m in result["messages"] if isinstance(m, HumanMessage)]
    told = [m for m in result["messages"] if isinstance(m, AIMessage)]
    assert "which planet" in asked[0].content.lower()
    assert "saturn" in told[-1].content.lower()
    """
    looks = read(body(statements))

    assert said(looks) == ["text contains saturn"]
    assert looks.expected[0].question is None


@pytest.mark.parametrize(
    "text",
    [
        "def test_a(:",
        "def test_a():\n    assert " + "(" * 500 + ")" * 500,
        "def test_a():\n    assert " + "not " * 5_000 + "a",
        "def test_a():\n    " + "x = [1] + " * 2_000 + "[1]",
        "x = x\ndef test_a():\n    assert x in x.create(x)\n",
        "def f(a):\n    return f(a)\ndef test_a():\n    assert 'a' in f(f)\n",
        "f = lambda a: a(a)\ndef test_a():\n    assert f(f)\n",
        "def test_a():\n for a in range(10**9):\n  for b in range(99):\n   for c in range(99):\n    assert a\n",
        "def test_a():\n    a = 'x'\n" + "    a = a + a\n" * 60,
        "def test_a():\n    a = 'x' * 10**10\n    assert a.replace('x', 'y' * 10**9)\n",
        "def test_a():\n    a = 'x'\n" + "    a = a.replace('x', 'xxxxxxxxxx')\n" * 60,
        "\x00",
    ],
)
def test_a_hostile_source_ends_soon(text):
    read({"tests/test_a.py": text})


@pytest.mark.slow
@pytest.mark.parametrize(
    "doubled",
    [
        "a = [1, 2]\n" + "a = a + a\n" * 60,
        "a = [1, 2]\n" + "a += a\n" * 60,
        "a = [1, 2]\n" + "a = [*a, *a]\n" * 60,
        "a = [1, 2]\n" + "a.extend(a)\n" * 60,
        "a = {'x': 1}\n" + "".join(f"a['x{at}'] = {at}\n" for at in range(4_000)),
        f"a = '{'x ' * 20_000}'\n" + "b = a.split()\n" * 2_000,
        f"a = '{'x' * 90_000}'\n" + "b = a.replace('x', 'y')\n" * 2_000,
        "".join(f"v{at} = {at}\n" for at in range(2_000)) + "f = lambda: 1\n" * 2_000,
        "".join(f"v{at} = {at}\n" for at in range(2_000)) + "if m:\n    pass\n" * 2_000,
        "a = [1, 2, 3, 4, 5, 6, 7, 8]\n" + "b = [x for x in a for y in a for z in a if reply.role == z]\n" * 2_000,
    ],
)
def test_what_copies_much_again_and_again_is_cut(doubled):
    assert read(body(doubled)).cut


@pytest.mark.parametrize(
    "large",
    [
        "a = 'xxxx'\n" + "a += a\n" * 60,
        f"a = '{'x' * 9_000}'\na = f'{'{a}' * 2_000}'",
        f"a = '{'x' * 9_000}'\na = ''.join([{'a, ' * 2_000}])",
        "a = ['x']\n" + "a = [a, a]\n" * 60,
        "a = {'x': 1}\n" + "a = {'x': a, 'y': a}\n" * 60,
        "a = b = ['x']\n" + "a = [a, a]\nb = [b, b]\n" * 60 + "if m:\n    a = b",
        "a = ['x']\n" + "a = [a]\n" * 200,
        "a = 0x" + "f" * 9_000,
        "a = f'{0x" + "f" * 9_000 + "}'",
        "a = b'x'",
        "a = ...",
        "a = 1j",
    ],
)
def test_a_value_that_is_too_large_or_of_no_json_is_not_read(large):
    looks = read(body(f"{ASK}{TEXT}import json\n{large}\nassert json.loads(text)['x'] == a\nassert 'y' in text"))

    assert said(looks) == ["text contains y"]
    assert len(looks.unread) == 1


def test_alternatives_may_be_lists():
    looks = read(body(f"{ASK}{TEXT}import json\na = json.loads(text)\nassert a['x'] == [1] or a['x'] == [2]"))

    assert said(looks) == ["text equals [1]|[2]"]


def test_a_case_is_found_among_many():
    many = f'@pytest.mark.parametrize("case", {[f"case {at}" for at in range(1_000)]})'
    looks = read(body(f"{ASK}{TEXT}assert case in text", many, "", "client, case"), "tests/test_a.py::test_a[case 7]")

    assert said(looks) == ["text contains case 7"]


def test_a_file_of_too_many_words_is_not_parsed_and_few_trees_are_kept(monkeypatch):
    monkeypatch.setattr("recviewer.asserts.sources.MOST_TOKENS", 1_000)
    monkeypatch.setattr("recviewer.asserts.sources.MOST_KEPT", 2_500)
    sources = SourceFiles({f"t{at}.py": "def test_a(): pass\n" + "a = 1\n" * (300 + at) for at in range(40)}.get)

    read_ = [at for at in range(40) if expectations_of(sources, f"t{at}.py::test_a") is not None]

    assert read_ == list(range(32))
    assert sum(one.tokens for one in sources._parsed.values()) <= 2_500
    assert sources.source("t0.py") is not None
    assert SourceFiles({"t.py": f"a = f'{'{a}' * 20_001}'"}.get).source("t.py") is None


def test_what_is_read_beside_the_tests_is_bounded_too(monkeypatch):
    monkeypatch.setattr("recviewer.asserts.sources.MOST_IN_ALL", 1_000)
    sources = SourceFiles({f"{at}.json": "[" + " " * 298 + "]" for at in range(10)}.get)

    assert [at for at in range(10) if sources.json(f"{at}.json") is not None] == [0, 1, 2]


def test_imports_in_circles_and_of_everything_end(monkeypatch):
    monkeypatch.setattr("recviewer.asserts.sources.MOST_STEPS", 500)
    folders = ["/".join("abcdefgh"[:depth]) for depth in range(1, 9)]
    files = {f"{folder}/m.py": "from m import x\nfrom m import y\n" for folder in folders} | {"m.py": "from m import x"}
    sources = SourceFiles(files.get)

    assert sources.find(sources.source(f"{folders[-1]}/m.py"), "x", hops=12) is None
    assert 500 < sources.steps < 600


@pytest.mark.parametrize(
    "pattern",
    [
        *("(a+)+b", "(a|a)*b", "a*a*a*b", r"(.)\\1", "(?=a)b", "a" * 301, "("),
        *("a{1,99}" * 9 + "b", "a?" * 99 + "b", "(?:a|a)" * 40 + "b", "a{,99}a{,99}a{,99}b", "(?:a|b{0,300})"),
    ],
)
def test_a_pattern_that_may_take_long_is_not_read(pattern):
    looks = read(body(f"{ASK}{TEXT}import re\nassert re.search('{pattern}', text)"))

    assert said(looks) == []
    assert looks.unread == (7,)


def test_a_source_that_is_not_at_hand_is_none():
    assert read({}) is None
    assert read({"tests/test_a.py": "def test_b(): ..."}) is None
    assert read({"tests/test_a.py": ""}, "../../etc/passwd::test_a") is None
    assert read({"tests/test_a.py": ""}, "/etc/passwd::test_a") is None


def test_all_tests_together_cost_no_more_than_so_much(monkeypatch):
    sources = SourceFiles({f"t{at}.py": "#" * 500_000 + "\ndef test_a(): ...\n" for at in range(20)}.get)
    read = [at for at in range(20) if expectations_of(sources, f"t{at}.py::test_a") is not None]
    assert read == list(range(11))

    monkeypatch.setattr("recviewer.asserts.reading.MOST_STEPS", 50)
    few = SourceFiles({"t.py": "def test_a():\n" + "    a = [1]\n" * 30}.get)
    assert [expectations_of(few, "t.py::test_a") is not None for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    "statement",
    [
        "assert any(one in text for one in MANY)",
        "assert any(one + other in text for one in FEW for other in FEW)",
        "for one in MANY:\n    assert one in text",
        "assert any(str(one) in text for one in range(100))",
    ],
)
def test_of_too_many_words_none_is_read_rather_than_some(statement):
    more = f"MANY = {[f'a{at}' for at in range(100)]}\nFEW = {[f'b{at}' for at in range(9)]}"
    looks = read(body(ASK + TEXT + statement, more=more))

    assert said(looks) == []
    assert looks.unread
