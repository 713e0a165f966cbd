"""Every page for everybody: axe finds nothing, nothing overflows, in both themes, on a phone and on a desk."""

from pathlib import Path

import pytest

from recviewer.catalog.models import Recording

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
    yield "/queue/?q=nothingatall"
    yield "/trash/"
    yield "/activity/"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_accessible_and_fit(open_page, theme, width):
    page = open_page(width=width, theme=theme)
    found = []

    for address in addresses():
        page.goto(address)
        page.evaluate(AXE)
        result = page.evaluate("() => axe.run(document)")
        found += [
            f"{address}: {one['id']}: {node['html'][:140]}" for one in result["violations"] for node in one["nodes"][:2]
        ]
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{address}: {wide} px too wide")

    assert found == []
