import pytest

from recviewer.difference.model import Churn
from recviewer.git.ranges import opened
from recviewer.report import report
from recviewer.report.links import Links, links


@pytest.fixture
def made(tree, make):
    tree.put(make.chat("One?"))
    tree.commit()
    tree.git("checkout", "-q", "-b", "work")
    tree.put(make.chat("Two?", test="t|t"), folder="a (b)/recordings/[x]|y&z#")
    tree.commit()
    return lambda spec: report.make(opened(tree.top), spec)


def test_links_name_the_commits_and_are_safe_in_markdown(made):
    found = made("main...work")
    source = found.found.source.range
    where = links(found, "https://rec.example.com/x")
    (change,) = found.found.changes

    assert where.page == f"https://rec.example.com/x/changes/{source.base}..{source.head}"
    assert where.of_classes([Churn.NEW, Churn.GONE]) == f"{where.page}?class=new&class=gone"
    address = where.of_change(change)
    assert address.startswith(f"{where.page}?change=a%20%28b%29/recordings/%5Bx%5D%7Cy%26z%23/")
    assert not set("()[]<>|`\\ \"'") & set(address)


@pytest.mark.parametrize(("spec", "public"), [("main...work", ""), ("main", "https://rec.example.com")])
def test_there_are_no_links_without_a_site_or_for_files_on_disk(made, spec, public):
    found = made(spec)

    assert links(found, public) == Links()
    assert links(found, public).of_classes([Churn.NEW]) == ""
