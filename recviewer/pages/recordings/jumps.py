"""Redirects for pasted paths, hashes and test ids."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from recviewer.catalog import search
from recviewer.catalog.by_name import SHORT_DIGITS, by_hash, by_name_or_blob, by_path, by_test
from recviewer.catalog.models import Recording
from recviewer.language.pasted import hash_in, id_end, is_path, is_test, test_of
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.pages.text.test_ids import parse


def jump(words: str) -> str | None:
    """Return where a pasted path, hash or test id leads, None if it is just words to search for."""
    path = opened_by(words)
    if path is not None:
        return url_of(path)
    digits = unknown_hash(words)
    if digits:
        return reverse("hashes:show", args=[digits])
    test_id = test_named_by(words)
    return f"{url_of_test(test_id)}?pasted=1" if test_id is not None else None


CANDIDATES = 200
"""Maximum number of tests whose ids contain what was pasted; with more, only a full id finds one."""


def test_named_by(words: str) -> str | None:
    """Return the id of the one test that a pasted id or a function's name identifies; None for none or several.

    An id may be cut at the front (`test_a.py::test_b[c]`), or have additional folders before it.
    """
    if not is_test(words) or id_end(words, 0) != len(words):
        return None
    word = test_of(words)
    rows = Recording.objects.filter(by_test(word), test_id__isnull=False).order_by().values_list("test_id", flat=True)
    found = [one for one in rows.distinct()[:CANDIDATES] if one is not None]
    if word in found:
        return word
    meant = [one for one in found if _is_meant(word, one)] if len(found) < CANDIDATES else []
    return meant[0] if len(meant) == 1 else None


def _is_meant(word: str, test_id: str) -> bool:
    """Tell whether what was pasted is a suffix of an id, has it as a suffix, or is its function."""
    told = parse(test_id)
    of_function = (told.function, told.function.rpartition("::")[2])
    return (
        test_id.endswith((f"/{word}", f"::{word}"))
        or word.endswith(f"/{test_id}")
        or word in (*of_function, *(told.file + one for one in of_function))
        or (told.file + told.function).endswith((f"/{word}", f"::{word}"))
    )


def unknown_hash(words: str) -> str:
    """Return the digits of a pasted hash that nothing here has, "" for anything else."""
    typed = search.tokens(words)
    if len(typed) != 1 or typed[0].is_unwanted or typed[0].is_phrase or is_path(typed[0].text):
        return ""
    digits = hash_in(typed[0].text)
    if len(digits) < SHORT_DIGITS or search.matching(Recording.objects.all(), words).exists():
        return ""
    return digits


def opened_by(words: str) -> str | None:
    """Return the path of the one recording that a pasted path or hash identifies, None for none or several.

    A short prefix of a hash may also be a word or a number: it opens a recording only if nothing else contains it.
    """
    typed = search.tokens(words)
    if len(typed) != 1 or typed[0].is_unwanted or typed[0].is_phrase:
        return None
    word, digits = typed[0].text, hash_in(typed[0].text)
    if is_path(word):
        wanted = Q(path=word) if Recording.objects.filter(path=word).exists() else by_path(word)
    elif digits:
        wanted = by_name_or_blob(digits)
    else:
        return None
    found = list(Recording.objects.filter(wanted).order_by("path").values_list("path", flat=True)[:2])
    if not found and digits:
        found = list(Recording.objects.filter(by_hash(digits)).order_by("path").values_list("path", flat=True)[:2])
    is_sure = len(digits) >= SHORT_DIGITS or is_path(word)
    if len(found) != 1 or not (is_sure or search.matching(Recording.objects.all(), words).count() == 1):
        return None
    return found[0]
