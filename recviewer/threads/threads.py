"""Places each exchange of one test. docs/threads.md explains the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from recviewer.exchange.model import Exchange, Kind
from recviewer.exchange.text import words_of
from recviewer.threads import checks
from recviewer.threads.conversations import told
from recviewer.threads.instructed import put_together
from recviewer.threads.model import Answered, AskedMessage, Conversation, Entry, Rest, Threads
from recviewer.threads.tree import planted, tie

TALKING = frozenset(
    {
        *(Kind.CHAT, Kind.COMPLETION, Kind.OLLAMA_GENERATE, Kind.OLLAMA_CHAT, Kind.GENAI, Kind.ANTHROPIC),
        *(
            Kind.INTERACTIONS,
            Kind.CONVERSE,
            Kind.COHERE,
            Kind.DASHSCOPE,
            Kind.XAI,
            Kind.RESPONSES,
            Kind.EXCEPTION,
            Kind.HTTP_ERROR,
            Kind.UNKNOWN,
        ),
    }
)
"""Kinds whose exchanges are turns of conversations, if they have messages."""

BESIDE = frozenset({"input", "query", "document", "call"})
"""Roles of input that is not part of a conversation, see `exchange.model.Message`."""

KNOWN = 24
"""Characters of a text's start by which it is searched for in checked texts."""


def threads_of(entries: Iterable[Entry], *, in_order: bool = False) -> Threads:
    """Place each exchange of a test. The order of the input does not matter; keys are unique.

    in_order: the entries are from one file, so conversations are sorted by the order of their entries.
    """
    talking, rest = list[Entry](), defaultdict[Kind, list[Entry]](list)
    for entry in sorted(entries, key=lambda entry: entry.rank):
        if is_talk(entry.exchange):
            talking.append(entry)
        else:
            kind = entry.exchange.kind
            rest[Kind.UNKNOWN if kind is Kind.RESOURCE else kind].append(entry)
    checked, others = checks.found_in(talking)
    root = planted(others)
    put_together(root)
    tie(root)
    conversations = told(root, in_order=in_order)
    return Threads(
        conversations,
        tuple(checks.divided(_with_places(checked, conversations))),
        tuple([Rest(kind, tuple(some)) for kind, some in sorted(rest.items())]),
    )


def is_talk(exchange: Exchange) -> bool:
    """Tell whether an exchange is a turn of a conversation."""
    messages = exchange.request.messages
    return exchange.kind in TALKING and bool(messages) and all(message.role not in BESIDE for message in messages)


def _with_places(
    found: Sequence[checks.Grown], conversations: Sequence[Conversation]
) -> list[tuple[checks.Grown, int]]:
    """Return each checked text with the place of the turn that it is a prefix of, 0 for none."""
    texts = list(_texts(conversations))
    return [(one, _place_of(one.text, texts)) for one in found]


def _texts(conversations: Sequence[Conversation]) -> Iterator[tuple[int, str, bool]]:
    """Yield the texts that may have been checked: (place, text, whether a prefix suffices)."""
    for conversation in conversations:
        for turn in conversation.trunk.all_turns():
            match turn:
                case AskedMessage():
                    yield turn.place, words_of(turn.message.parts).strip(), False
                case Answered():
                    for output in turn.entries[0].exchange.outputs:
                        yield turn.place, output.content.strip(), True


def _place_of(checked: str, texts: Iterable[tuple[int, str, bool]]) -> int:
    checked = checked.rstrip()
    for place, text, is_growing in texts:
        if not text:
            continue
        at = checked.find(text[:KNOWN])
        while at >= 0:
            body = checked[at:]
            if body == text or (is_growing and text.startswith(body)):
                return place
            at = checked.find(text[:KNOWN], at + 1)
    return 0
