"""What a comparison gives, the other way round; and the new text, made from the old one and what is shown as changed."""

from dataclasses import replace
from functools import singledispatch

from recviewer.difference.model import (
    Churn,
    Difference,
    Ignored,
    Names,
    Section,
    Values,
    VectorChange,
    Words,
    gone_first,
)
from recviewer.difference.values import ValueChange
from recviewer.difference.words import Op, WordDiff, _finished, _ordered

OTHER = {Op.GONE: Op.NEW, Op.NEW: Op.GONE, Op.SAME: Op.SAME}


@singledispatch
def mirrored(thing):
    raise TypeError(type(thing))


@mirrored.register
def _(thing: tuple):
    return tuple(map(mirrored, thing))


@mirrored.register
def _(thing: WordDiff):
    spans = _ordered((OTHER[span.op], span.text) for span in thing.spans)
    return _finished(spans, thing.grain, thing.similarity)


@mirrored.register
def _(thing: ValueChange):
    return ValueChange(thing.new_keys, thing.keys, thing.new, thing.old)


@mirrored.register
def _(thing: Words):
    return Words(thing.old_label, mirrored(thing.words), mirrored(thing.values), thing.label)


@mirrored.register
def _(thing: Values):
    return Values(thing.old_label, mirrored(thing.values), thing.label)


@mirrored.register
def _(thing: Names):
    return Names(thing.label, thing.new, thing.gone, thing.kept)


@mirrored.register
def _(thing: VectorChange):
    return VectorChange(thing.label, thing.new_size, thing.old_size, thing.cosine, thing.largest)


@mirrored.register
def _(thing: Section):
    return Section(thing.kind, gone_first(mirrored(tuple(thing.items))), thing.is_quiet)


@mirrored.register
def _(thing: Ignored):
    return Ignored(thing.path, thing.count, thing.new, thing.old)


@mirrored.register
def _(thing: Difference):
    other = {Churn.NEW: Churn.GONE, Churn.GONE: Churn.NEW}
    return replace(
        thing,
        churn=other.get(thing.churn, thing.churn),
        sections=mirrored(thing.sections),
        added=thing.removed,
        removed=thing.added,
        ignored=mirrored(thing.ignored),
    )


def applied(diff, old):
    """Return the new text. Fails where the old one is not that which was compared."""
    made, place = [], 0
    for span in diff.spans:
        if span.op is Op.NEW:
            made.append(span.text)
            continue
        assert old.startswith(span.text, place)
        place += len(span.text)
        if span.op is Op.SAME:
            made.append(span.text)
    assert place == len(old)
    return "".join(made)
