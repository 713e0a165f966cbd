"""One change as HTML: the question, the changes by importance, equal and ignored parts, and the paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recviewer.changes.model import Change
from recviewer.difference.model import Difference, Ignored, Item, Names, Same, Values, VectorChange, Words, shown
from recviewer.exchange.amounts import counted
from recviewer.exchange.model import Exchange, Message, Output, PartKind
from recviewer.pairing.sides import Side
from recviewer.report import markup
from recviewer.report.markup import cut, fold, said, text, value


def body(change: Change) -> Iterator[str]:
    """Yield a complete change."""
    yield from _part("asked", said(change.about.meaning.line.asked))
    if change.old is None or change.new is None:
        yield from _alone(change.side)
    else:
        yield from _compared(change.difference())
    yield places(change)


def places(change: Change) -> str:
    """Return the paths of the recordings, and why they are a pair."""
    lines = [
        f"<code>{sign} {text(side.path)}</code><br>" for sign, side in (("−", change.old), ("+", change.new)) if side
    ]
    why = f"{change.pair.why}; {change.pair.sure.value}" if change.pair else "no other recording of this call"
    return f'<p class="note">{"".join(lines)}{text(why)}</p>'


def _part(label: str, content: str, *, kind: str = "part") -> Iterator[str]:
    yield f'<div class="{kind}"><div>{text(label)}</div><div>{content}</div></div>\n'


def _compared(difference: Difference) -> Iterator[str]:
    for section in difference.sections:
        content = "".join(_labelled(item) for item in section.items)
        yield from _part(section.kind.value, content, kind="part quiet" if section.is_quiet else "part")
    same = _same(difference.same)
    if same:
        yield from _part("same", f'<p class="note">{text(same)}</p>', kind="part quiet")
    yield from _part("ignored", _ignored(difference.ignored), kind="part quiet")


def _same(same: Sequence[Same]) -> str:
    there = [one for one in same if one.count]
    return " · ".join(f"{one.kind.value} ×{one.count:,}" if one.count > 1 else one.kind.value for one in there)


def _ignored(ignored: Sequence[Ignored]) -> str:
    if not ignored:
        return '<p class="note">nothing</p>'
    line = " · ".join(f"{text(one.path)} ×{one.count:,}" if one.count > 1 else text(one.path) for one in ignored)
    return fold(line, f"<dl>{''.join(value(one.path, one.old, one.new) for one in ignored)}</dl>")


def _labelled(item: Item) -> str:
    label = getattr(item, "label", "")
    return (f'<p class="label">{text(label)}</p>' if label else "") + _item(item)


def _item(item: Item) -> str:
    match item:
        case Words():
            return markup.words(item)
        case Values():
            return f"<dl>{''.join(value(change.path, change.old, change.new) for change in item.values)}</dl>"
        case Names():
            gone = " ".join(f"<del>{text(one)}</del>" for one in item.gone)
            new = " ".join(f"<ins>{text(one)}</ins>" for one in item.new)
            return f'<p><code>{gone} {new}</code> <span class="note">{item.kept:,} in both</span></p>'
        case VectorChange():
            cosine = "no cosine" if item.cosine is None else f"cosine {item.cosine:.9f}"
            largest = "" if item.largest is None else f", largest difference {item.largest:.3g}"
            return f"<p>{item.old_size:,} → {item.new_size:,} numbers, {cosine}{largest}</p>"


def _alone(side: Side) -> Iterator[str]:
    """Yield the content of a recording without a partner: its answer first, then the request."""
    exchange = side.exchange
    for output in exchange.outputs:
        yield from _output(output)
    if exchange.error is not None:
        yield from _part("error", said(exchange.error.message))
    elif not exchange.outputs:
        yield from _part("answer", said(side.meaning.line.answered))
    yield from _part("request", _request(exchange), kind="part quiet")


def _output(output: Output) -> Iterator[str]:
    for label, spoken in (("answer", output.content), ("reasoning", output.reasoning), ("refusal", output.refusal)):
        if spoken:
            yield from _part(label, said(spoken))
    if output.parts:
        yield from _part("other content", said("\n".join(_words_of(part) for part in output.parts)))
    for call in output.tool_calls:
        yield from _part("tool call", f"<code><b>{text(call.name)}</b> {cut(call.arguments)}</code>")


def _request(exchange: Exchange) -> str:
    request = exchange.request
    turns = "".join(
        f"<dt>{text(message.role)}</dt><dd>{cut(_spoken(message), 4_000)}</dd>" for message in request.messages
    )
    params = "".join(
        f"<dt>{text(name)}</dt><dd>{cut(shown(held), 1_000)}</dd>" for name, held in request.params.items()
    )
    counts = (
        (len(request.messages), "message"),
        (len(request.params), "parameter"),
        (len(request.tools), "tool"),
    )
    head = " · ".join(counted(count, noun) for count, noun in counts)
    tools = f"<dt>tools</dt><dd>{cut(shown(list(request.tools)), 1_000)}</dd>" if request.tools else ""
    return fold(head, f'<dl class="turns">{turns}{params}{tools}</dl>')


def _spoken(message: Message) -> str:
    return "\n".join(_words_of(part) for part in message.parts)


def _words_of(part: object) -> str:
    match getattr(part, "kind", None):
        case PartKind.TOOL_CALL:
            return f"{getattr(part, 'name', '')} {getattr(part, 'arguments', '')}"
        case PartKind.TOOL_RESULT:
            return "\n".join(_words_of(inner) for inner in getattr(part, "parts", ()))
        case PartKind.JSON:
            return shown(getattr(part, "value", None))
        case PartKind.TEXT | PartKind.REASONING | PartKind.REFUSAL:
            return str(getattr(part, "text", ""))
        case kind:
            return f"[{getattr(kind, 'value', 'part')}]"
