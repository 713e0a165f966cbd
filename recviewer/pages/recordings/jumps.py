"""Where a pasted path, hash or test id leads."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from recviewer.catalog import search
from recviewer.catalog.models import Recording
from recviewer.catalog.named import SHORT_DIGITS, by_hash, by_name_or_blob, by_path
from recviewer.language.pasted import hash_in, id_end, is_path, test_of
from recviewer.language.tree import Term
from recviewer.pages.recordings.listing import ListState
from recviewer.pages.recordings.neighbours import url_of
from recviewer.review import narrowing


def jump(words: str) -> str | None:
    """Return where a pasted path, hash or test id leads, None where it is just words to search for."""
    path = opened_by(words)
    if path is not None:
        return url_of(path)
    digits = unknown_hash(words)
    if digits:
        return reverse("hashes:show", args=[digits])
    if "::" in words and "/" in words and id_end(words, 0) == len(words):
        term = Term("test", test_of(words))
        if narrowing.narrowed((term,)).exists():
            return reverse("recordings:listing") + ListState(terms=(term,)).address()
    return None


def unknown_hash(words: str) -> str:
    """Return the digits of a hash that was pasted and that nothing here holds, "" for anything else."""
    typed = search.tokens(words)
    if len(typed) != 1 or typed[0].is_unwanted or typed[0].is_phrase or is_path(typed[0].text):
        return ""
    digits = hash_in(typed[0].text)
    if len(digits) < SHORT_DIGITS or search.matching(Recording.objects.all(), words).exists():
        return ""
    return digits


def opened_by(words: str) -> str | None:
    """Return the path of the one recording that a pasted path or hash names, None where it names none or several.

    A short beginning of a hash may be a word or a number as well: it opens what it names only where nothing else holds it.
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
