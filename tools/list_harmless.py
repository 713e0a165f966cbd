"""Write the list of what is harmless into docs/fingerprint.md, from recviewer.exchange.harmless.

Run it as `python tools/list_harmless.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from recviewer.exchange.harmless import BESIDES, BY_FORMAT, EVERY  # noqa: E402
from recviewer.exchange.harmless_entry import Harmless, HowHarmless  # noqa: E402

DOCUMENT = ROOT / "docs" / "fingerprint.md"
BEGIN, END = "<!-- the list begins -->\n", "<!-- the list ends -->"
HOW = {
    HowHarmless.WHOLLY: "anything",
    HowHarmless.VALUE: "the value",
    HowHarmless.FIGURE: "numbers",
    HowHarmless.IDS: "ids in texts",
    HowHarmless.UNFILTERED: "passing verdicts",
    HowHarmless.UNNAMED: "without a file name",
    HowHarmless.MADE: "generated names",
}

MANY = 8
"""Up to this number of keys of one object, each is listed with its whole path."""


def listed() -> str:
    """Return the list as Markdown: one table for every reply, one for each format, and one for everything else."""
    shared: dict[tuple[Harmless, ...], list[str]] = {}
    for name, entries in BY_FORMAT.items():
        shared.setdefault(entries, []).append(f"`{name}`")
    tables = [("Every reply", _table(EVERY)), *((", ".join(names), _table(some)) for some, names in shared.items())]
    others = [f"| {entry.path} | {HOW[entry.how]} | {entry.reason} |" for entry in BESIDES]
    tables.append(("Everything else", ["| What | Harmless | Why |", "|---|---|---|", *others]))
    return "".join(f"\n### {title}\n\n" + "".join(f"{row}\n" for row in rows) for title, rows in tables)


def _table(entries: Iterable[Harmless]) -> list[str]:
    rows: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        rows.setdefault((HOW[entry.how], entry.reason), []).append(entry.path)
    lines = [f"| {_paths(paths)} | {how} | {why} |" for (how, why), paths in rows.items()]
    return ["| Path | Harmless | Why |", "|---|---|---|", *lines]


def _paths(paths: list[str]) -> str:
    """Return the paths as one text. If many are keys of one object, it is named once, followed by their names."""
    holders: dict[str, list[str]] = {}
    for path in paths:
        holder, _, name = path.rpartition(".")
        holders.setdefault(holder, []).append(name)
    single: list[str] = []
    grouped: list[str] = []
    for holder, names in holders.items():
        if len(names) > MANY:
            place = f"in `{holder}`" if holder else "at the top of the body"
            grouped.append(f"{place}: {', '.join(f'`{name}`' for name in names)}")
        else:
            single += [f"`{holder}.{name}`" if holder else f"`{name}`" for name in names]
    return "; ".join([", ".join(single), *grouped] if single else grouped)


def written(text: str) -> str:
    """Return the text of the document with its list replaced by the current one."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{listed()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text()))
