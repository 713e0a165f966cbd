"""Cases of the rule never-read."""

from dataclasses import replace
from datetime import UTC, datetime

from recviewer.used.model import UsedFile, UsedRun, UsedTest
from tests.smells.building import among, chat

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
OTHER = chat("another question")


def of(*names, read=0, made=None, given=None, **more):
    """Return a recording beside one that every run reads. read: how often the runs read the first."""

    def runs(sides):
        for name in names:
            files = [UsedFile(side.path, side.blob, 1, 1, AT, AT) for side in sides[1:]]
            times = (AT, AT) if read else (None, None)
            first = UsedFile(sides[0].path, sides[0].blob, 1, read, *times)
            files.append(replace(first, **(made or {})))
            yield UsedRun(name, AT, (), ended=AT, exit=0, files={one.path: one for one in files}, **more)

    return among(given or chat("a question"), OTHER, runs=runs)


def tests(outcome):
    return (UsedTest(of("a").sides[0].test_id, outcome),)


FIRES = {
    "one run does not read it": (of("openai"), "amber"),
    "several do not": (of("openai", "azure", "ollama"), "amber"),
    "its test passed without it": (of("openai", tests=tests("passed")), "amber"),
    "its test passed, others were left out": (of("openai", tests=tests("passed"), left_out=3), "amber"),
    "its test was skipped": (of("openai", tests=tests("skipped")), "grey"),
    "its test failed": (of("openai", tests=tests("failed")), "grey"),
    "the suite gave up": (of("openai", stopped="-x"), "grey"),
    "tests were left out": (of("openai", left_out=3), "grey"),
}
QUIET = {
    "a run reads it": of("openai", read=1),
    "a run made it": of("openai", made={"written": 1}),
    "no run is kept": of(),
    "the run is older": of("openai", made={"blob": "0" * 40}),
    "something read everything": of("openai", made={"doubt": "swept"}),
    "the run did not know it": of("openai", made={"path": "elsewhere.json"}),
}
