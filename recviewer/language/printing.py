"""Prints a tree as a line that parses to the same tree."""

from __future__ import annotations

from collections import Counter

from recviewer.language.reading import Language
from recviewer.language.tree import All, Either, Not, Term, Tree, Word


def printed(tree: Tree | None, language: Language) -> str:
    """Return a tree as a query, "" for None."""
    match tree:
        case None:
            return ""
        case Word():
            return _word(tree)
        case Term():
            return tree.said
        case Not():
            return f"-{_in_brackets(printed(tree.of, language))}"
        case Either():
            return " OR ".join(printed(part, language) for part in tree.of)
        case All():
            return " ".join(_parts(tree, language))


def _word(word: Word) -> str:
    if word.is_phrase:
        return f'{"-" * word.is_unwanted}"{word.text}"'
    if not word.is_unwanted and (word.text == "OR" or (word.text[0] == "-" and len(word.text) > 1)):
        return f"-{_in_brackets('-' + word.text)}"
    return f"{'-' * word.is_unwanted}{word.text}"


def _in_brackets(line: str) -> str:
    """Put a line in parentheses, separated from a last word that contains an unclosed one."""
    last = line.rpartition(" ")[2]
    return f"({line} )" if last.count("(") > last.count(")") else f"({line})"


def _parts(tree: All, language: Language) -> list[str]:
    """Return the operands of a conjunction; those that would be read as alternatives of a filter in parentheses."""
    some = [part for part in tree.of if _is_alternative(part, language)]
    often = {key for key, count in Counter(part.key for part in some if isinstance(part, Term)).items() if count > 1}
    found = []
    for part in tree.of:
        is_apart = isinstance(part, Term) and part.key in often and part in some
        line = printed(part, language)
        found.append(_in_brackets(line) if is_apart or isinstance(part, Either) else line)
    return found


def _is_alternative(part: Tree, language: Language) -> bool:
    return isinstance(part, Term) and not part.is_negative and not language.narrows(part.key, part.value)
