"""What axe finds on pages, and what is wider than the window."""

from pathlib import Path

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
CONTRAST = ["color-contrast"]


def faults(page, addresses, *, rules=None, widths=(), fits=()):
    """What axe finds on these pages, and those that are wider than the window.

    rules: of axe; all without it. widths: to which the window is then set, where contrast alone is looked at again. fits:
    widths at which pages have to fit.
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
        for width in fits:
            page.set_viewport_size(first | {"width": width})
            yield from _too_wide(page, f"{address} at {width} px")


def _faults_here(page, place, rules):
    asked = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    for one in page.evaluate("(asked) => axe.run(document, asked)", asked)["violations"]:
        yield from (f"{place}: {one['id']}: {node['html'][:140]}" for node in one["nodes"][:2])
    yield from _too_wide(page, place)


def _too_wide(page, place):
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        yield f"{place}: {wide} px too wide"
