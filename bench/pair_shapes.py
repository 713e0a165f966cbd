"""Shapes of simulated pull requests: what people do to recordings, each with its true pairs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pair_trees import Changer, Made, Tree, copied, messages

MOST_CALLS = 40
"""Tests with more recordings are left out, because one of them would outweigh all others."""


@dataclass
class Pull:
    """What a simulated pull request deletes and adds. standing: tests of recordings that it leaves alone."""

    old: list[Made] = field(default_factory=list)
    new: list[Made] = field(default_factory=list)
    standing: set[str] = field(default_factory=set)


class Maker:
    """Takes tests of a tree, each at most once, and makes a pull request from them."""

    def __init__(self, change: Changer, tree: Tree) -> None:
        self.change, self.tree, self.rng = change, tree, change.rng
        self.pull = Pull(standing=set(tree.tests))
        self._left = [test for test, calls in tree.tests.items() if len(calls) <= MOST_CALLS]
        self.rng.shuffle(self._left)

    def tests(self, count: int, wanted: Callable[[list[Made]], bool] = lambda calls: True) -> Iterator[list[Made]]:
        """Yield the recordings of tests that were not taken yet."""
        taken = []
        for test in self._left:
            if len(taken) == count:
                break
            if wanted(self.tree.tests[test]):
                taken.append(test)
        self._left = [test for test in self._left if test not in taken]
        for test in taken:
            yield [copied(made) for made in self.tree.tests[test]]

    def siblings(self, test: str) -> list[str]:
        """Return the tests of one function that were not taken yet, and take them."""
        found = [one for one in self._left if function_of(one) == function_of(test)]
        self._left = [one for one in self._left if one not in found]
        return found

    def functions(self, count: int, wanted: Callable[[list[Made]], bool]) -> Iterator[list[list[Made]]]:
        """Yield the recordings of all tests of functions, by test."""
        for calls in self.tests(count, wanted):
            rest = [[copied(made) for made in self.tree.tests[test]] for test in self.siblings(calls[0].test)]
            yield [calls, *rest]

    def goes(self, calls: list[Made], *, stays: bool = False) -> None:
        """Delete recordings. stays: whether other recordings of their test are kept."""
        self.pull.old += calls
        if not stays:
            self.pull.standing -= {made.test for made in calls}

    def comes(self, calls: list[Made]) -> None:
        """Add recordings."""
        self.pull.new += calls

    def again(self, calls: list[Made], *changes: Callable[[Made], object]) -> list[Made]:
        """Return what a recorder writes for the calls of a test: one recording for each, with new answers and names."""
        once = {made.call: made for made in calls}
        return self.change.each(list(once.values()), self.change.answer, *changes)


def function_of(test: str) -> str:
    """Return a test's id without its parameters."""
    return test.partition("[")[0]


def model_of(calls: list[Made]) -> str:
    """Return the model of a test's first call that names one."""
    names = (made.document["request"].get("model") for made in calls)
    return next((str(name) for name in names if name), "")


def has_model_in_test(calls: list[Made]) -> bool:
    """Tell whether the parameters of a test name its model."""
    return len(model_of(calls)) > 3 and model_of(calls) in calls[0].test


def has_parameters(calls: list[Made]) -> bool:
    """Tell whether a test has parameters."""
    return "[" in calls[0].test


def has_conversation(calls: list[Made]) -> bool:
    """Tell whether some call continues another."""
    lengths = {len(messages(made.document["request"]["body"])) for made in calls}
    return len(lengths) > 1


def is_chat(calls: list[Made]) -> bool:
    """Tell whether a test has a chat."""
    return any(messages(made.document["request"]["body"]) for made in calls)


def has_plain_questions(calls: list[Made]) -> bool:
    """Tell whether all user messages of a test are text, and long enough to be replaced by another text."""
    said = [
        one["content"]
        for made in calls
        for one in messages(made.document["request"]["body"])
        if one.get("role") == "user"
    ]
    return bool(said) and all(isinstance(text, str) and len(text) > 40 for text in said)


def put(name: str, value: object) -> Callable[[Made], None]:
    """Return a change that sets a parameter."""
    return lambda made: made.document["request"]["body"].__setitem__(name, value)


def renamed(pattern: str, by: str) -> Callable[[Made], None]:
    """Return a change that replaces something in the test's id."""

    def change(made: Made) -> None:
        made.document["test_id"] = re.sub(pattern, lambda _: by, made.test, count=1)

    return change


NEW_MODELS = ("nova-3", "acme/heron-70b", "gpt-9-mini", "llama9.1:8b", "zeta.large-v2:0")


def _new_model(make: Maker, old: str) -> str:
    return make.rng.choice((*NEW_MODELS, f"{old}-v2", f"{old}-1:0", old[:-1] + "9"))


def model_changed(make: Maker) -> None:
    """The model has another name in test, request and answer."""
    for calls in make.tests(6, has_model_in_test):
        old = model_of(calls)
        new = _new_model(make, old)
        make.goes(calls)
        make.comes(make.again(calls, lambda made, old=old, new=new: make.change.model(made, old, new)))


def model_changed_for_all(make: Maker) -> None:
    """One model is replaced by another in every test of some functions, which also have tests of other models."""
    for first in make.tests(3, has_model_in_test):
        old = model_of(first)
        new = _new_model(make, old)
        others = [[copied(one) for one in make.tree.tests[test]] for test in make.siblings(first[0].test)]
        for calls in [first, *(calls for calls in others if model_of(calls) == old and len(calls) <= MOST_CALLS)]:
            make.goes(calls)
            make.comes(make.again(calls, lambda made, old=old, new=new: make.change.model(made, old, new)))


def models_changed(make: Maker) -> None:
    """All models of some functions have other names, each a different one."""
    for tests in make.functions(3, has_model_in_test):
        for calls in tests:
            old = model_of(calls)
            new = f"{old}-v2"
            make.goes(calls)
            make.comes(make.again(calls, lambda made, old=old, new=new: make.change.model(made, old, new)))


def model_changed_and_prompt_edited(make: Maker) -> None:
    """The model has another name, and a few words of the questions changed."""
    for calls in make.tests(6, has_model_in_test):
        old = model_of(calls)
        new = _new_model(make, old)
        mapping: dict[str, str] = {}
        make.goes(calls)
        fresh = make.again(calls, lambda made, old=old, new=new: make.change.model(made, old, new))
        for made in fresh:
            make.change.prompt(made, 0.1, mapping)
        make.comes(fresh)


def model_changed_under_an_alias(make: Maker) -> None:
    """The request has another model; the test's id is the same."""
    for calls in make.tests(6, is_chat):
        old = model_of(calls)
        new = _new_model(make, old)
        make.goes(calls)
        make.comes(
            make.again(calls, lambda made, old=old, new=new: make.change.model(made, old, new, is_in_test=False))
        )


def provider_changed(make: Maker) -> None:
    """The host, the provider in the test id, and the model's name changed."""
    for calls in make.tests(5, has_model_in_test):
        old = model_of(calls)
        new = _new_model(make, old)

        def host(made: Made) -> None:
            request = made.document["request"]
            request["url"] = re.sub(r"//[^/]+", "//api.cairn.example", str(request.get("url", "")))
            made.document["test_id"] = re.sub(r"\[(.*?txt=)\w+/", r"[\1cairn/", made.test)

        make.goes([made for made in calls if not _is_list(made)])
        calls = [made for made in calls if not _is_list(made)]
        make.comes(make.again(calls, lambda made, old=old, new=new: make.change.model(made, old, new), host))


def _is_list(made: Made) -> bool:
    return str(made.document["request"].get("endpoint")).endswith("/models")


def parameters_changed(make: Maker) -> None:
    """A parameter was added to the request, in every call of some tests."""
    for calls in make.tests(8):
        name, value = make.rng.choice(
            (("temperature", 0.1), ("max_tokens", 99), ("stream_options", {"include_usage": True}))
        )
        make.goes(calls)
        make.comes(make.again([made for made in calls if not _is_list(made)], put(name, value)))


def prompt_edited_lightly(make: Maker) -> None:
    """A few words of the questions changed."""
    for calls in make.tests(8, is_chat):
        mapping: dict[str, str] = {}
        make.goes(calls)
        make.comes(make.again(calls, lambda made, mapping=mapping: make.change.prompt(made, 0.15, mapping)))


def prompt_edited_heavily(make: Maker) -> None:
    """Half of the words of the questions changed."""
    for calls in make.tests(8, is_chat):
        mapping: dict[str, str] = {}
        make.goes(calls)
        make.comes(make.again(calls, lambda made, mapping=mapping: make.change.prompt(made, 0.5, mapping)))


def system_prompt_put_in(make: Maker) -> None:
    """An instruction was added before every conversation of some tests."""
    for calls in make.tests(6, is_chat):

        def instruct(made: Made) -> None:
            if messages(made.document["request"]["body"]):
                made.document["request"]["body"]["messages"].insert(0, {"role": "system", "content": "Be brief."})

        make.goes(calls)
        make.comes(make.again(calls, instruct))


def ids_changed(make: Maker) -> None:
    """All ids in the requests changed, consistently within a test."""
    for calls in make.tests(8, has_conversation):
        mapping: dict[str, str] = {}
        make.goes(calls)
        make.comes(make.again(calls, lambda made, mapping=mapping: make.change.ids(made, mapping)))


def recorded_again(make: Maker) -> None:
    """Tests were re-recorded; only the answers, and the answers that were sent back, changed."""
    for calls in make.tests(8):
        make.goes(calls)
        make.comes(make.again(calls))


def part_recorded_again(make: Maker) -> None:
    """Some calls of each test were re-recorded; the others, and their older generations, stay as they are."""
    for calls in make.tests(6, lambda calls: len(calls) > 2):
        kinds = sorted({made.call for made in calls}, key=repr)
        chosen = set(make.rng.sample(kinds, max(1, len(kinds) // 2)))
        some = [made for made in calls if made.call in chosen]
        make.goes(some, stays=True)
        make.comes(make.again(some))


def test_renamed(make: Maker) -> None:
    """Test functions have other names, for all of their parameters, which stay."""
    for number, tests in enumerate(make.functions(3, is_chat)):
        for calls in tests:
            make.goes(calls)
            make.comes(make.again(calls, _other_name(calls, number)))


def test_renamed_in_part(make: Maker) -> None:
    """Test functions have other names; recordings under the old name were left for some of the parameters."""
    for number, calls in enumerate(make.tests(4, is_chat)):
        make.goes(calls)
        make.comes(make.again(calls, _other_name(calls, number)))


def _other_name(calls: list[Made], number: int) -> Callable[[Made], None]:
    name = function_of(calls[0].test).rpartition("::")[2]
    names = (f"test_other_name_{number}", name.replace("test_", "test_new_", 1), f"{name}_in_full")
    return renamed(r"::test_\w+", f"::{names[number % 3]}")


def test_and_model_renamed(make: Maker) -> None:
    """Test functions and their models have other names."""
    for number, tests in enumerate(make.functions(3, has_model_in_test)):
        for calls in tests:
            old = model_of(calls)
            new = f"{old}-v2"
            make.goes(calls)
            change = _other_name(calls, number)
            make.comes(make.again(calls, lambda made, old=old, new=new: make.change.model(made, old, new), change))


def model_dropped_and_function_added(make: Maker) -> None:
    """A model is removed from a function; a new function asks it something else."""
    for number, calls in enumerate(make.tests(4, lambda calls: has_plain_questions(calls) and has_parameters(calls))):
        make.goes(calls)
        mapping: dict[str, str] = {}
        fresh = make.again(calls, lambda made, m=mapping: make.change.prompt(made, 0.97, m), _other_name(calls, number))
        make.comes([_of_another(made) for made in fresh])


def file_moved(make: Maker) -> None:
    """Tests are in another file and class, and the recordings in another folder."""
    for calls in make.tests(6):

        def move(made: Made) -> None:
            made.document["test_id"] = re.sub(
                r"^.*?::(?:\w+::)?(test_)", r"tests/moved/test_moved.py::TestMoved::\1", made.test
            )
            made.path = "tests/moved/recordings/" + made.path.rpartition("/")[2]

        make.goes(calls)
        make.comes(make.again(calls, move))


def parameter_ids_changed(make: Maker) -> None:
    """Parameters of the test are spelled differently."""
    for calls in make.tests(6, has_parameters):
        change = make.rng.choice((renamed(r"\[", "[fresh-"), renamed(r"\]$", "-1]"), renamed(r"\[\w+", "[other")))
        make.goes(calls)
        make.comes(make.again(calls, change))


def _older(make: Maker, calls: list[Made], count: int) -> list[Made]:
    """Return older generations of calls: without `stream_options`, with other ids and answers."""
    made: list[Made] = []
    for number in range(count):
        mapping: dict[str, str] = {}
        for one in make.again(calls, lambda each, mapping=mapping: make.change.ids(each, mapping)):
            one.document["request"]["body"].pop("stream_options", None)
            if number:
                one.document["request"]["body"]["max_tokens"] = 512 + number
            one.is_stale = True
            made.append(one)
    return made


def generations_stacked(make: Maker) -> None:
    """Tests were re-recorded, and all their older generations are deleted at once."""
    for calls in make.tests(5, is_chat):
        calls = [made for made in {made.call: made for made in calls}.values() if not _is_list(made)]
        for made in calls:
            put("stream_options", {"include_usage": True})(made)
        make.goes(calls + _older(make, calls, make.rng.randint(1, 3)))
        make.comes(make.again(calls))


def generations_stacked_and_model_changed(make: Maker) -> None:
    """The same, with another model."""
    for calls in make.tests(4, lambda calls: is_chat(calls) and has_model_in_test(calls)):
        calls = [made for made in {made.call: made for made in calls}.values() if not _is_list(made)]
        for made in calls:
            put("stream_options", {"include_usage": True})(made)
        old = model_of(calls)
        new = _new_model(make, old)
        make.goes(calls + _older(make, calls, make.rng.randint(1, 3)))
        make.comes(make.again(calls, lambda made, old=old, new=new: make.change.model(made, old, new)))


def older_generations_cleaned_up(make: Maker) -> None:
    """Older generations are deleted, the newest are kept; the same functions are recorded for one more model."""
    for calls in make.tests(5, has_model_in_test):
        old = model_of(calls)
        new = _new_model(make, old)
        make.goes(_older(make, calls, 1), stays=True)
        fresh = make.again(calls, lambda made, old=old, new=new: make.change.model(made, old, new))
        make.comes([_of_another(made) for made in fresh])


def _of_another(made: Made) -> Made:
    made.call = ("another", made.call)
    return made


def older_generations_cleaned_up_and_tests_copied(make: Maker) -> None:
    """Older generations are deleted, the newest are kept; a new test with another name asks the same."""
    for number, calls in enumerate(make.tests(4, is_chat)):
        make.goes(_older(make, calls, 1), stays=True)
        fresh = make.again(calls, renamed(r"::test_\w+", f"::test_copy_{number}"))
        make.comes([_of_another(made) for made in fresh])


def model_dropped_and_stale_sibling_recorded(make: Maker) -> None:
    """A model is removed from a function; another model of it is recorded once more."""
    for calls in make.tests(5, has_model_in_test):
        others = [test for test in make.siblings(calls[0].test) if len(make.tree.tests[test]) <= MOST_CALLS]
        if not others:
            continue
        other = [copied(one) for one in make.tree.tests[make.rng.choice(others)]]
        make.goes(calls)
        make.comes([_of_another(made) for made in make.again(other)])


def lists_of_other_providers(make: Maker) -> None:
    """The only list of models of some tests came from another provider."""

    def host(made: Made) -> None:
        made.document["request"]["url"] = "https://api.other.example/v1/models"

    for calls in make.tests(8, lambda calls: sum(map(_is_list, calls)) == 1):
        lists = [made for made in calls if _is_list(made)]
        make.goes(lists, stays=True)
        make.comes(make.again(lists, host))


def lists_recorded_again(make: Maker) -> None:
    """Lists of models were re-recorded from the same hosts."""
    for calls in make.tests(8, lambda calls: any(map(_is_list, calls))):
        lists = [made for made in calls if _is_list(made)]
        make.goes(lists, stays=len(lists) < len(calls))

        def other(made: Made) -> None:
            for row in made.document["response"].get("body") or []:
                if isinstance(row, dict) and isinstance(row.get("__data__"), dict):
                    row["__data__"]["created"] = 7

        make.comes(make.again(lists, other))


def test_split_in_two(make: Maker) -> None:
    """Half of a test's conversations moved to a new test; the other half stays there."""
    for number, calls in enumerate(make.tests(4, lambda calls: is_chat(calls) and len({m.call for m in calls}) > 1)):
        kinds = sorted({made.call for made in calls}, key=repr)
        moved = set(make.rng.sample(kinds, len(kinds) // 2))
        make.goes(calls)
        make.comes(make.again([made for made in calls if made.call not in moved]))
        make.comes(
            make.again(
                [made for made in calls if made.call in moved], renamed(r"::test_(\w+)", f"::test_part_{number}")
            )
        )


def named_by_a_newer_rule(make: Maker) -> None:
    """Every file of some tests has another name and the same bytes."""
    for calls in make.tests(8):
        make.goes(calls)
        make.comes(make.change.each(calls))


def named_by_a_newer_rule_with_a_field_more(make: Maker) -> None:
    """Every file has another name and one more field."""
    for calls in make.tests(8):
        make.goes(calls)
        make.comes(
            make.change.each(calls, lambda made: made.document.__setitem__("id_normalization_mapping", {"x": "y"}))
        )


def test_became_known(make: Maker) -> None:
    """The recorder began to store the test of a recording."""
    for calls in make.tests(3, is_chat):
        old = [
            copied(made)
            for made in {made.call: made for made in calls}.values()
            if messages(made.document["request"]["body"])
        ]
        make.comes(make.again(old))
        for made in old:
            made.document.pop("test_id", None)
        make.pull.standing.discard(calls[0].test)
        make.goes(old, stays=True)


def no_test_known(make: Maker) -> None:
    """No recording contains its test; the requests have one more parameter."""
    for calls in make.tests(5, is_chat):
        old = [
            copied(made)
            for made in {made.call: made for made in calls}.values()
            if messages(made.document["request"]["body"])
        ]
        for made in old:
            made.document.pop("test_id", None)
            body = made.document["request"]["body"]
            made.call = ("unknown", repr(body.get("messages")), repr(body.get("tools")), repr(body.get("model")))
        make.goes(old, stays=True)
        make.comes(make.change.each(old, put("seed", 3)))


def no_test_known_and_other_models(make: Maker) -> None:
    """No recording contains its test; the new ones ask the same of another model, which is another call."""
    for calls in make.tests(5, is_chat):
        old = [copied(made) for made in calls if messages(made.document["request"]["body"])]
        for made in old:
            made.document.pop("test_id", None)
        model = model_of(calls)
        make.goes(old, stays=True)
        fresh = make.again(old, lambda made, model=model: make.change.model(made, model, "quite/another-1"))
        make.comes([_of_another(made) for made in fresh])


def strangers(make: Maker) -> None:
    """Tests were removed, and unrelated tests were added."""
    old = list(make.tests(6))
    new = list(make.tests(6))
    for calls in old:
        make.goes(calls)
    gone = {function_of(calls[0].test) for calls in old}
    said = {one for calls in old for made in calls for one in _said(made)}
    for calls in new:
        make.pull.standing.discard(calls[0].test)
        if function_of(calls[0].test) not in gone and not said & {one for made in calls for one in _said(made)}:
            make.comes([_of_another(made) for made in make.again(calls)])


def strangers_with_the_same_words(make: Maker) -> None:
    """Tests were removed, and others were added that ask the same and have another name, file and model."""
    for calls in make.tests(20, has_model_in_test):
        asked = {one for made in calls for one in _said(made)}
        function = function_of(calls[0].test)

        def is_twin(
            others: list[Made], asked: set[str] = asked, function: str = function, old: str = model_of(calls)
        ) -> bool:
            is_other = function_of(others[0].test) != function and model_of(others) != old
            return is_other and bool(asked & {one for made in others for one in _said(made)})

        for other in make.tests(1, is_twin):
            make.goes(calls)
            make.pull.standing.discard(other[0].test)
            make.comes([_of_another(made) for made in make.again(other)])


def _said(made: Made) -> set[str]:
    return {str(one.get("content")) for one in messages(made.document["request"]["body"]) if one.get("role") == "user"}


def parameters_dropped_and_others_added(make: Maker) -> None:
    """One case of a parametrised test was removed, and one that asks something else was added."""
    for calls in make.tests(6, lambda calls: has_plain_questions(calls) and has_parameters(calls)):
        make.goes(calls)
        mapping: dict[str, str] = {}
        fresh = make.again(
            calls, lambda made, m=mapping: make.change.prompt(made, 0.97, m), renamed(r"[^-\[]+\]$", "new_case]")
        )
        make.comes([_of_another(made) for made in fresh])


def call_inserted(make: Maker) -> None:
    """A test asks one more question in the middle; the calls after it contain two more turns."""
    for calls in make.tests(4, has_conversation):
        calls = list({made.call: made for made in calls}.values())
        chats = [made for made in calls if messages(made.document["request"]["body"])]
        at = min(len(messages(made.document["request"]["body"])) for made in chats) + 1
        turns = [
            {"role": "user", "content": "And who wrote that down, if anybody?"},
            {"role": "assistant", "content": "Nobody did."},
        ]
        fresh: list[Made] = []
        for made in make.again(calls):
            body = made.document["request"]["body"]
            if len(messages(body)) > at:
                body["messages"][at:at] = [dict(turn) for turn in turns]
            fresh.append(made)
        first = min(fresh, key=lambda made: len(messages(made.document["request"]["body"])) or 99)
        extra = copied(first, call=("inserted", first.call))
        extra.document["request"]["body"]["messages"] += [{"role": "assistant", "content": "So."}, dict(turns[0])]
        make.change.name(extra)
        make.goes(calls)
        make.comes([*fresh, extra])


def call_dropped(make: Maker) -> None:
    """One call of each test is no longer made."""
    for calls in make.tests(6, lambda calls: len({made.call for made in calls}) > 2):
        kinds = sorted({made.call for made in calls}, key=repr)
        dropped = make.rng.choice(kinds)
        make.goes(calls)
        make.comes(make.again([made for made in calls if made.call != dropped]))


def first_calls_gone_and_last_ones_new(make: Maker) -> None:
    """The first call of each conversation is gone and the one that continues it is new: these two are different calls."""
    for calls in make.tests(6, has_conversation):
        chats = [made for made in calls if messages(made.document["request"]["body"])]
        lengths = sorted({len(messages(made.document["request"]["body"])) for made in chats})
        make.goes([made for made in chats if len(messages(made.document["request"]["body"])) == lengths[0]], stays=True)
        late = [made for made in chats if len(messages(made.document["request"]["body"])) == lengths[-1]]
        late = [made for made in late if made.call not in {one.call for one in make.pull.old}]
        make.comes([_of_another(made) for made in make.again(late)])


def answers_became_errors(make: Maker) -> None:
    """The calls now fail, and the model has another name."""
    error = {"body": None, "is_streaming": False, "is_exception": True}
    error["exception_data"] = {
        "category": "provider_sdk",
        "type": "RateLimitError",
        "message": "slow",
        "status_code": 429,
    }
    for calls in make.tests(6, is_chat):
        chats = [made for made in calls if messages(made.document["request"]["body"])]
        make.goes(chats, stays=len(chats) < len(calls))
        make.comes(make.again(chats, put("seed", 5), lambda made: made.document.__setitem__("response", dict(error))))


def tools_came(make: Maker) -> None:
    """A tool and a parameter were added."""
    tool = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}
    for calls in make.tests(6, is_chat):

        def add(made: Made) -> None:
            body = made.document["request"]["body"]
            if messages(body):
                body["tools"] = [*(body.get("tools") or []), tool]

        make.goes(calls)
        make.comes(make.again(calls, add, put("temperature", 0)))


def new_tests_beside_recorded_ones(make: Maker) -> None:
    """Some tests were re-recorded, others of the same functions are new."""
    for calls in make.tests(5, has_model_in_test):
        old = model_of(calls)
        make.goes(calls)
        make.comes(make.again(calls, put("top_p", 0.5)))
        fresh = make.again(calls, lambda made, old=old: make.change.model(made, old, "one/more-2b"), put("top_p", 0.5))
        make.comes([_of_another(made) for made in fresh])


SHAPES: dict[str, Callable[[Maker], None]] = {
    shape.__name__: shape
    for shape in (
        model_changed, model_changed_for_all, models_changed, model_changed_and_prompt_edited,
        model_changed_under_an_alias, provider_changed, parameters_changed,
        prompt_edited_lightly, prompt_edited_heavily, system_prompt_put_in, ids_changed, recorded_again,
        part_recorded_again, test_renamed, test_renamed_in_part, test_and_model_renamed, file_moved, parameter_ids_changed,
        generations_stacked, generations_stacked_and_model_changed, older_generations_cleaned_up,
        older_generations_cleaned_up_and_tests_copied, model_dropped_and_stale_sibling_recorded,
        model_dropped_and_function_added,
        lists_of_other_providers, lists_recorded_again, test_split_in_two, named_by_a_newer_rule,
        named_by_a_newer_rule_with_a_field_more, test_became_known, no_test_known, no_test_known_and_other_models,
        strangers, strangers_with_the_same_words, parameters_dropped_and_others_added, call_inserted, call_dropped,
        first_calls_gone_and_last_ones_new, answers_became_errors, tools_came, new_tests_beside_recorded_ones,
    )
}  # fmt: skip
"""The shapes by name. Their docstrings say what each does."""
