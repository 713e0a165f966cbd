"""Every page for everybody: axe finds nothing, nothing overflows, in both themes, on a phone and on a desk."""

from pathlib import Path

import pytest
from django.db.models import Count

from recviewer.catalog import tree_findings
from recviewer.catalog.models import Recording
from recviewer.pages.text.test_addresses import url_of_test

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
KINDS = ("chat", "models", "embeddings", "exception", "tool", "rerank", "file_processor", "unreadable", "genai")


def addresses():
    longest = Recording.objects.order_by("-chunks").first()
    yield "/"
    yield "/?q=weather"
    yield "/?kind=chat&model=nobody"
    for kind in KINDS:
        one = Recording.objects.filter(kind=kind).order_by("path").first()
        if one is not None:
            yield f"/r/{one.path}"
    yield f"/r/{longest.path}?view=raw"
    yield f"/r/{longest.path}?view=chunks"
    yield f"/r/{longest.path}?in=%3F"
    most = Recording.objects.filter(test_id__isnull=False).values("test_id").annotate(count=Count("pk"))
    yield url_of_test(most.order_by("-count", "test_id").first()["test_id"])
    yield "/tests/"
    yield "/queue/?q=nothingatall"
    tree_findings.look()
    yield "/smells/"
    yield "/smells/broke-off"
    yield "/trash/"
    yield "/activity/"


CONTRAST = ["color-contrast"]


def faults(page, addresses, *, rules=None, widths=()):
    """What axe finds on these pages, and those that are wider than the window.

    rules: of axe; all without it. widths: to which the window is then set, where contrast alone is looked at again.
    """
    page.emulate_media(reduced_motion="reduce")  # else what is open from the start is half seen for a moment
    first = page.viewport_size
    for address in addresses:
        page.set_viewport_size(first)
        page.goto(address)
        page.evaluate(AXE)
        yield from _faults_here(page, address, rules)
        for width in widths:
            page.set_viewport_size(first | {"width": width})
            yield from _faults_here(page, f"{address} at {width} px", CONTRAST)


def _faults_here(page, place, rules):
    asked = {"runOnly": rules} if rules else {}
    for one in page.evaluate("(asked) => axe.run(document, asked)", asked)["violations"]:
        yield from (f"{place}: {one['id']}: {node['html'][:140]}" for node in one["nodes"][:2])
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        yield f"{place}: {wide} px too wide"


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_pages_are_accessible_and_fit(open_page, theme, width):
    assert list(faults(open_page(width=width, theme=theme), addresses())) == []


@pytest.mark.parametrize(("theme", "width"), [("dark", 1440), ("light", 390)])
def test_pages_that_hold_most_have_contrast_in_the_other_theme(open_page, theme, width):
    most = Recording.objects.order_by("-chunks").first().path
    addresses = ["/", f"/r/{most}", f"/r/{most}?view=chunks"]
    assert list(faults(open_page(width=width, theme=theme), addresses, rules=CONTRAST)) == []
