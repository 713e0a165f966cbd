"""Write the list of what is harmless into docs/fingerprint.md, from the data: python tools/list_harmless.py"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from recviewer.exchange.harmless import BESIDES, BY_FORMAT, EVERY  # noqa: E402
from recviewer.exchange.harmless_entry import Harmless, HowHarmless  # noqa: E402

DOCUMENT = ROOT / "docs" / "fingerprint.md"
BEGIN, END = "<!-- the list begins -->\n", "<!-- the list ends -->"
HOW = {
    HowHarmless.WHOLLY: "wholly",
    HowHarmless.VALUE: "its value",
    HowHarmless.FIGURE: "its figures",
    HowHarmless.IDS: "ids in texts",
    HowHarmless.UNFILTERED: "where all passed",
}


def listed() -> str:
    """Return the list as Markdown: a table for what every reply shares, for each format, and for the rest of a file."""
    shared: dict[tuple[Harmless, ...], list[str]] = {}
    for name, entries in BY_FORMAT.items():
        shared.setdefault(entries, []).append(f"`{name}`")
    tables = [("Every reply", _table(EVERY)), *((", ".join(names), _table(some)) for some, names in shared.items())]
    beside = [f"| {entry.path} | {HOW[entry.how]} | {entry.reason} |" for entry in BESIDES]
    tables.append(("Around the replies", ["| What | Harmless | Why |", "|---|---|---|", *beside]))
    return "".join(f"\n### {title}\n\n" + "".join(f"{row}\n" for row in rows) for title, rows in tables)


def _table(entries: Iterable[Harmless]) -> list[str]:
    rows: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        rows.setdefault((HOW[entry.how], entry.reason), []).append(entry.path)
    told = [f"| {', '.join(_paths(paths))} | {how} | {why} |" for (how, why), paths in rows.items()]
    return ["| Path | Harmless | Why |", "|---|---|---|", *told]


def _paths(paths: list[str]) -> Iterator[str]:
    """Yield the paths; of many keys of one object the object once, with their names."""
    holders: dict[str, list[str]] = {}
    for path in paths:
        holder, _, name = path.rpartition(".")
        holders.setdefault(holder, []).append(name)
    for holder, names in holders.items():
        if len(names) > 8:
            yield f"of `{holder}`: {', '.join(f'`{name}`' for name in names)}"
        else:
            yield from (f"`{holder}.{name}`" if holder else f"`{name}`" for name in names)


def written(text: str) -> str:
    """Return the document with the list as the data has it."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{listed()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text()))
