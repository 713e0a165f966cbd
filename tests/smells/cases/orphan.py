"""Cases of the rule orphan."""

from tests.smells.building import among, chat, models, taped
from tests.trees import id_of

PATH = "tests/integration/chat/test_chat.py"
HERE = {PATH: "import pytest\n\ndef test_basic(txt): ...\n\nclass TestAll:\n    def test_inside(self): ...\n"}
BASE = "class Base:\n    def test_base(self): ...\n"
ELSEWHERE = "tests/integration/chat/test_gone.py::test_basic[a]"
KNOWN = chat("1")


def of(function, source=None, **more):
    return among(chat(test=id_of(function)), KNOWN, sources={PATH: source} if source else HERE, **more)


CASSETTES = "tests/cassettes/test_chat"
SOURCE = {"tests/test_chat.py": "def test_basic(): ...\n\nclass TestAll:\n    def test_inside(self): ...\n"}


def cassette(name, sources=SOURCE, folder=CASSETTES):
    """Return the only exchange of a cassette that has the name of a test, beside one of a test that is there."""
    paths = (f"{folder}/{name}.yaml", f"{CASSETTES}/test_basic.yaml")
    return among(*[taped(path) for path in paths], sources=sources)


FIRES = {
    "its file is gone": (among(chat(test=ELSEWHERE), KNOWN, sources=HERE), "amber"),
    "its file is gone, and somebody knows since when": (
        among(chat(test=ELSEWHERE), KNOWN, sources=HERE, removed={ELSEWHERE.partition("::")[0]: "07eded5"}),
        "amber",
    ),
    "its function is gone": (of("test_older"), "amber"),
    "its class is gone": (of("TestOld::test_inside"), "amber"),
    "its function is gone from its class": (of("TestAll::test_older"), "amber"),
    "its function is gone from its class, which has a mark": (
        of(
            "TestAll::test_older",
            "import pytest\n\n@pytest.mark.slow\nclass TestAll:\n    def test_inside(self): ...\n",
        ),
        "amber",
    ),
    "the test of a cassette is gone": (cassette("test_older[a-b]"), "amber"),
    "the test of a cassette is gone from its class": (cassette("TestAll.test_older"), "amber"),
    "the test file of a cassette is gone": (cassette("test_a", folder="tests/cassettes/test_gone"), "amber"),
    "it moved into a class": (of("test_inside"), "amber"),
    "it moved out of its class": (of("TestAll::test_basic"), "amber"),
    "it is commented out": (of("test_older", "# def test_older(): ...\ndef test_basic(): ...\n"), "amber"),
    "neither its class has it nor a base that is known": (
        of("TestAll::test_older", "import unittest\n\nclass TestAll(Base, unittest.TestCase): ...\n" + BASE),
        "amber",
    ),
    "its parameters are gone": (of("test_basic", collected=[id_of(parameters="txt=acme/large-2")]), "amber"),
}
QUIET = {
    "it is there": of("test_basic"),
    "it is there in its class": of("TestAll::test_inside"),
    "its parameters are there": of("test_basic", collected=[id_of()]),
    "the list of tests is of others": of("test_basic", collected=["tests/other.py::test_a"]),
    "nobody knows the sources": among(chat(test=ELSEWHERE), KNOWN),
    "no test file at all is found": among(chat(test=ELSEWHERE), sources=HERE),
    "it is inherited": of("TestAll::test_base", BASE + "class TestAll(Base):\n    pass\n"),
    "it stands in a condition": of("test_older", "if True:\n    def test_older(): ...\n"),
    "its name is put together": of("test_made_a", "for name in 'ab':\n    globals()[f'test_made_{name}'] = print\n"),
    "it is made of parameters": of("test_a_0", "@parameterized.expand([1])\ndef test_a(one): ...\n"),
    "its file is too large": of("test_older", "\0"),
    "its file is beside the tests of another project": among(
        chat(test="tests/test_sub.py::test_sub"),
        KNOWN,
        sources={**HERE, "projects/one/tests/test_sub.py": "def test_sub(): ...\n"},
        paths=(f"projects/one/tests/recordings/{'0' * 64}.json",),
    ),
    "it may be inherited": of("TestAll::test_older", "class TestAll(Base):\n    pass\n"),
    "everything is imported": of("test_older", "from .more import *\n"),
    "its name is made": of("test_older", "globals()['test_older'] = make()\n"),
    "its class may be made": of("TestAll::test_older", "@tests_of(3)\nclass TestAll:\n    pass\n"),
    "the test of a cassette is there": cassette("TestAll.test_inside[a-b]"),
    "a cassette beside those of test files elsewhere": cassette("test_a", folder="more/cassettes/test_gone"),
    "a cassette with a name of somebody's own": cassette("test_basic-2"),
    "cassettes that a test file names": cassette(
        "test_older", {"tests/test_chat.py": "def test_basic():\n    vcr.use_cassette(f'test_{name}.yaml')\n"}
    ),
    "its source cannot be parsed": of("test_older", "def test_basic(:\n"),
    "of no test": among(chat(test=None), KNOWN, sources=HERE),
    "a list of models": among(models("a", test=ELSEWHERE), KNOWN, sources=HERE),
    "no id of pytest": among(chat(test="chat.rs::rejects"), KNOWN, sources=HERE),
}
