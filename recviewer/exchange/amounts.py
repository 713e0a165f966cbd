"""Numbers as people read them: with separators, with what is counted, and of bytes short."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 answer`, `1,811 answers`. plural: of the noun, where it is not `noun` and an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(count: int) -> str:
    """Write a number of bytes short, the same on pages and in reports: `812 B`, `54.5 kB`, `1.12 MB`."""
    if count < 1000:
        return f"{count} B"
    if count < 999_950:
        return f"{count / 1000:.1f} kB"
    if count < 999_995_000:
        return f"{count / 1_000_000:.2f} MB"
    return f"{count / 1_000_000_000:.2f} GB"
