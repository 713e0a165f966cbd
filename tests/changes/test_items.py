"""Items by test: what one test became is one, what several share is one, and nothing is in two."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from recviewer.changes.items import TOGETHER, TOGETHER_WORDS, items, items_by_test
from recviewer.changes.model import NO_KIN, Kin
from recviewer.difference.words import Count
from recviewer.smells import Severity


@dataclass(frozen=True)
class Side:
    raw: bytes
    test_id: str
    file: str = ""

    @property
    def file_path(self):
        return self.raw.decode()

    @property
    def story(self):
        return self.test_id or self.file


@dataclass(frozen=True)
class One:
    """A change as far as items look at it."""

    name: str
    test: str
    alike: int | None = None
    is_churn: bool = False
    is_older: bool = False
    group: int | None = None
    old: object = None
    new: object = None
    verdict: str = ""
    file: str = ""
    kin: Kin = NO_KIN
    severity: Severity | None = None
    words: int = 1

    @property
    def side(self):
        return Side(self.name.encode(), self.test, self.file)

    about = side

    @property
    def removed(self):
        return Count(0, 0)

    @property
    def added(self):
        return Count(self.words, self.words)


def names(found):
    return ["".join(one.name for one in item.changes) for item in found]


def test_what_one_test_became_is_one_item_in_the_order_of_the_first():
    changes = [One("a", "x"), One("b", "y"), One("c", "x"), One("d", "")]

    found = items_by_test(changes)

    assert names(found) == ["ac", "b", "d"]
    assert [item.is_many for item in found] == [True, False, False]
    assert names(items(changes)) == ["a", "b", "c", "d"]


def test_what_became_of_a_file_of_many_calls_is_one_item_where_no_test_is_known():
    changes = [
        One("a", "", file="x.yml"),
        One("b", "", file="y.yml"),
        One("c", "", file="x.yml"),
        One("d", "t", file="x.yml"),
    ]

    found = items_by_test(changes)

    assert names(found) == ["ac", "b", "d"]
    assert [item.stories for item in found] == [("x.yml",), ("y.yml",), ("t",)]
    assert found[0].tests == ("",)


def test_what_several_tests_share_is_not_in_the_item_of_one():
    changes = [One("a", "x"), One("b", "x", alike=1), One("c", "y", alike=1), One("d", "y")]

    assert names(items_by_test(changes)) == ["a", "bc", "d"]


def test_several_that_the_very_same_tests_share_are_one_item():
    alike = [("a", "x", 1), ("b", "y", 1), ("c", "x", 2), ("d", "y", 2), ("e", "x", 3), ("f", "z", 3)]
    changes = [One(name, test, alike=number) for name, test, number in alike]

    found = items_by_test(changes)

    assert names(found) == ["abcd", "ef"]
    assert [item.tests for item in found] == [("x", "y"), ("x", "z")]
    assert [item.is_many for item in found] == [True, False]


def test_one_test_twice_and_another_once_is_not_each_once():
    alike = [("a", "x", 1), ("b", "y", 1), ("c", "x", 2), ("d", "x", 2), ("e", "y", 2)]

    assert names(items_by_test([One(name, test, alike=number) for name, test, number in alike])) == ["ab", "cde"]


def test_churn_and_what_is_of_no_test_stand_as_they_do_call_by_call():
    changes = [One("a", "x"), One("b", "x", is_churn=True), One("c", "", alike=1), One("d", "", alike=1), One("e", "")]

    assert names(items_by_test(changes)) == names(items(changes)) == ["a", "b", "cd", "e"]


K, L = Kin(b"one function", b"asked this"), Kin(b"another", b"asked that")


def test_tests_of_one_kin_are_one_item_and_none_stands_for_another():
    changes = [One(name, name, kin=K, new=1) for name in "abc"] + [One("d", "d", kin=L, new=1), One("e", "e")]

    found = items_by_test(changes)

    assert names(found) == ["abc", "d", "e"]
    assert [item.is_many for item in found] == [True, False, False]
    assert found[0].places == ("a", "b", "c")


def test_a_test_with_a_change_of_another_kin_stands_for_itself():
    changes = [One("a", "x", kin=K), One("b", "y", kin=K), One("c", "y", kin=L), One("d", "z", kin=K)]

    assert names(items_by_test([*changes, One("e", "z")])) == ["a", "bc", "de"]


def test_what_is_red_and_what_went_is_not_read_among_the_rest():
    red = [One(name, name, kin=K, new=1, severity=Severity.RED) for name in "ab"]
    amber = [One(name, name, kin=K, new=1, severity=Severity.AMBER) for name in "cd"]
    gone = [One(name, name, kin=K) for name in "ef"]

    assert names(items_by_test([*red, *amber, *gone])) == ["ab", "cd", "ef"]


def test_tests_of_one_function_are_one_item_those_that_were_asked_alike_first():
    other = K._replace(asked=b"asked else")
    changes = [One("a", "a", kin=K), One("b", "b", kin=other), One("c", "c", kin=K), One("d", "d", kin=L)]

    found = items_by_test(changes)

    assert names(found) == ["acb", "d"]
    assert [item.is_asked_alike for item in found] == [False, True]
    assert items_by_test([*changes[::2], One("e", "e")])[0].is_asked_alike


def test_what_several_tests_share_is_read_once_and_so_asked_alike():
    other = K._replace(asked=b"asked else")
    changes = [One(f"{test}{at}", test, alike=at, kin=kin) for test, kin in (("x", K), ("y", other)) for at in (1, 2)]

    (found,) = items_by_test(changes)

    assert [one.name for one in found.heads] == ["x1", "x2"]
    assert found.is_asked_alike
    assert items(changes)[0].is_asked_alike


def test_tests_that_were_asked_alike_stay_together_where_not_all_of_a_function_fit():
    other = K._replace(asked=b"asked else")
    some = [One(f"{at};", f"{at}", kin=other if at % 2 else K) for at in range(TOGETHER + 2)]

    found = items_by_test(some)

    assert [len(item.changes) for item in found] == [TOGETHER // 2 + 1] * 2
    assert all(item.is_asked_alike for item in found)


def test_no_more_are_read_together_than_a_page_can_show():
    many = [One(f"{at};", f"{at}", kin=K) for at in range(TOGETHER + 1)]
    long = [One(name, name, kin=K, words=TOGETHER_WORDS // 2) for name in "abc"]

    assert [len(item.changes) for item in items_by_test(many)] == [TOGETHER, 1]
    assert names(items_by_test(long)) == ["ab", "c"]


CHANGES = st.lists(
    st.builds(
        One,
        st.just(""),
        st.sampled_from(["", "x", "y", "z"]),
        st.none() | st.integers(0, 4),
        st.booleans(),
        st.booleans(),
        st.none() | st.integers(0, 2),
        st.sampled_from([None, 1]),
        kin=st.sampled_from([NO_KIN, K, L, L._replace(home=K.home)]),
    ),
    max_size=12,
)


@given(CHANGES)
def test_every_change_is_in_one_item_and_there_are_never_more_than_by_call(made):
    changes = [One(f"{at};", *[getattr(one, name) for name in FIELDS]) for at, one in enumerate(made)]

    by_test, by_call = items_by_test(changes), items(changes)

    for some in (by_test, by_call):
        assert sorted(one.name for item in some for one in (*item.changes, *item.older)) == sorted(
            one.name for one in changes
        )
    assert len(by_test) <= len(by_call)


FIELDS = ("test", "alike", "is_churn", "is_older", "group", "old", "new", "verdict", "file", "kin")
