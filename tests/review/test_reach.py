"""A verdict tells how many other recordings it reaches, counted as the bar counts them before."""

from recviewer.review.decide import decide
from recviewer.review.filters import with_verdict
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag


def make_three(make_recording):
    one = make_recording("t/recordings/one.json", id="1")
    for name in "23":
        make_recording(f"t/recordings/{name}.json", id=name)
    make_recording("t/recordings/other.json", answered="Mars.")
    return one


def test_the_act_tells_what_the_bar_told_before(client, make_recording):
    one = make_three(make_recording)

    assert client.get(f"/r/{one.path}").context["page"].bar.alike == 2
    done = decide([Seen(one.path, one.blob)], actor="Ana", verdict="approve")

    assert done.sentence.endswith(" It holds for 2 others that say the same too.")
    assert with_verdict(type(one).objects.all(), "approved").count() == 3


def test_nothing_is_said_where_it_reaches_no_other(make_recording):
    one = make_three(make_recording)
    found = type(one).objects.exclude(path="t/recordings/other.json")

    done = decide([Seen(each.path, each.blob) for each in found], actor="Ana", verdict="approve")

    assert done.sentence == "Approved 3 recordings."


def test_the_list_and_its_page_for_all_tell_the_same_number_before(client, make_recording):
    one = make_three(make_recording)
    for at in "12":
        make_recording(f"t/recordings/broken{at}.json", data=b"{")
    rows = client.get("/").content.decode()
    assert rows.count('data-total="3"') == 3
    assert rows.count("together with 2 others that say the same") == 3
    assert rows.count('data-total="2"') == 2

    tag([Seen(one.path, one.blob)], actor="Ana", name="mine")
    page = client.get("/bulk/?tag=mine")
    assert (page.context["page"].count, page.context["page"].elsewhere) == (1, 2)
    assert "also holds for 2 other recordings that say the same outside of this list" in page.content.decode()

    chosen = type(one).objects.filter(path__in=[one.path, "t/recordings/broken1.json"])
    done = decide([Seen(each.path, each.blob) for each in chosen], actor="Ana", verdict="delete")
    assert done.sentence.endswith(" It holds for 3 others that say the same too.")
