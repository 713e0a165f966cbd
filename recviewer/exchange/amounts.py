"""Numbers formatted for people: thousands separators, nouns with plurals, and byte sizes with units."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 answer`, `1,811 answers`. plural: defaults to `noun` with an `s`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(count: int) -> str:
    """Format a number of bytes with a decimal unit, the same on pages and in reports: `812 B`, `54.5 kB`, `1.12 MB`."""
    if count < 1000:
        return f"{count} B"
    if count < 999_950:
        return f"{count / 1000:.1f} kB"
    if count < 999_995_000:
        return f"{count / 1_000_000:.2f} MB"
    return f"{count / 1_000_000_000:.2f} GB"
