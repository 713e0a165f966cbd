"""Requests as paths through a tree (a trie of messages): those with equal first messages share them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from recviewer.exchange.model import Exchange, Message
from recviewer.exchange.text import SENT
from recviewer.threads.model import Entry, SentBack
from recviewer.threads.sameness import Digest, Gist, answer_of, digest_of, steps

RUN = 100
"""Most consecutive messages of a model that are considered as one answer."""


@dataclass(slots=True, eq=False)
class Group:
    """The exchanges that gave equal answers to equal messages. ways: nodes after it that repeat the answer."""

    answer: Digest
    entries: list[Entry]
    ways: list[Node] = field(default_factory=list)
    sent_back: SentBack = SentBack.NOT
    unsent: int = 0

    @property
    def gists(self) -> list[Gist]:
        """The content of its choices."""
        return [Gist.of_output(output, self.entries[0].exchange) for output in self.entries[0].exchange.outputs]


@dataclass(slots=True, eq=False)
class Node:
    """A message at its position after those before it.

    depth: its position among the messages, 0 for the root. sent: number of requests that contain it. ids: as recorded,
    one tuple for each variant. told: it repeats the answer before it, which shows it. groups: of the exchanges whose
    requests end here. exchange: one whose request contains it. since: instructions that replace earlier ones, or none,
    after it, see `instructed`; is_since: it is one of these; is_without: requests from it on have none.
    """

    depth: int
    message: Message | None = None
    content: Digest = b""
    prefix: Digest = b""
    sent: int = 0
    ids: set[tuple[str, ...]] = field(default_factory=set)
    children: dict[Digest, Node] = field(default_factory=dict)
    ends: list[Entry] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    told: bool = False
    is_found: bool = False
    weight: tuple[int, int, str] = (0, 0, "")
    exchange: Exchange | None = None
    since: tuple[Node, ...] = ()
    is_since: bool = False
    is_without: bool = False

    @property
    def is_sent(self) -> bool:
        """Whether it is a model's message."""
        return self.message is not None and self.message.role in SENT


def planted(entries: Iterable[Entry]) -> Node:
    """Return the tree of some exchanges' requests, with their answers; `tie` connects these to their repetitions."""
    root = Node(0)
    ends: dict[str, Node] = {}
    for entry, earlier in _in_order(entries):
        start = root if earlier is None else _after(ends[earlier.key], earlier)
        ends[entry.key] = _walked(start, entry)
    for node in _down(root):
        node.groups = _groups(node.ends)
    return root


def tie(root: Node) -> None:
    """Connect answers to their repetitions in later requests, and compute for each node what replay finds below it."""
    every = list(_down(root))
    for node in every:
        _tie(node)
    for node in reversed(every):
        _weigh(node)


def _in_order(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Entry | None]]:
    """Yield exchanges, each after the one that it says it continues, together with that one."""
    every = sorted(entries, key=lambda entry: entry.rank)
    by_answer: dict[str, Entry] = {}
    for entry in every:
        if entry.answer_id:
            by_answer.setdefault(entry.answer_id, entry)
    done: set[str] = set()
    for first in every:
        way = [first]
        while way[-1].key not in done and (earlier := _earlier(way[-1], by_answer)) is not None and earlier not in way:
            way.append(earlier)
        while way:
            entry = way.pop()
            if entry.key not in done:
                earlier = _earlier(entry, by_answer)
                yield entry, earlier if earlier is not None and earlier.key in done else None
                done.add(entry.key)


def _earlier(entry: Entry, by_answer: dict[str, Entry]) -> Entry | None:
    """Return the exchange whose answer a request names as the one it continues."""
    params = entry.exchange.request.params
    for key in ("previous_response_id", "previous_interaction_id"):
        name = params.get(key)
        if isinstance(name, str) and name and name in by_answer and by_answer[name] is not entry:
            return by_answer[name]
    return None


def _after(end: Node, entry: Entry) -> Node:
    """Return the node after an answer that the next request names without repeating it."""
    prefix = digest_of([end.prefix.hex(), "answered", answer_of(entry.exchange).hex()])
    node = end.children.get(prefix)
    if node is None:
        node = end.children[prefix] = Node(end.depth + 1, prefix=prefix, told=True)
    return node


def _walked(start: Node, entry: Entry) -> Node:
    node = start
    for message, step in zip(
        entry.exchange.request.messages,
        steps(entry.exchange.request.messages, start.prefix, exchange=entry.exchange),
        strict=True,
    ):
        child = node.children.get(step.prefix)
        if child is None:
            child = Node(node.depth + 1, message, step.content, step.prefix, exchange=entry.exchange)
            node.children[step.prefix] = child
        child.sent += 1
        child.ids.add(step.ids)
        node = child
    node.ends.append(entry)
    return node


def _down(root: Node) -> Iterator[Node]:
    """Yield all nodes, parents first."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children.values()


def _groups(ends: Sequence[Entry]) -> list[Group]:
    """Group exchanges with equal answers."""
    found: dict[Digest, Group] = {}
    for entry in sorted(ends, key=lambda entry: (not entry.is_found, entry.rank)):
        answer = answer_of(entry.exchange)
        if answer in found:
            found[answer].entries.append(entry)
        else:
            found[answer] = Group(answer, [entry])
    return list(found.values())


def _tie(node: Node) -> None:
    """Find the answers of a node in the messages sent after it, and mark these as already shown by the answer."""
    if not node.groups:
        return
    for child in sorted(node.children.values(), key=lambda child: child.prefix):
        if child.message is None:
            group = next(group for group in node.groups if _names(child, node, group))
            group.ways.append(child)
            group.sent_back = SentBack.AS_RECORDED
        elif child.is_sent:
            _tie_run(node, child)


def _names(child: Node, node: Node, group: Group) -> bool:
    return child.prefix == digest_of([node.prefix.hex(), "answered", group.answer.hex()])


def _tie_run(node: Node, first: Node) -> None:
    """Connect consecutive messages of a model, from a node on, to the answer that they repeat."""
    found = tied(node.groups, first)
    if found is None:
        return
    run, group, gist, sent = found
    is_whole = (gist.text, gist.calls, gist.others) == (sent.text, sent.calls, sent.others)
    if first not in group.ways:
        group.ways.append(first)
    if group.sent_back is not SentBack.IN_PART:
        group.sent_back = SentBack.AS_RECORDED if is_whole else SentBack.IN_PART
    group.unsent = max(group.unsent, len(gist.text) - len(sent.text))
    for one in run:
        one.told = True


def tied(groups: Sequence[Group], first: Node) -> tuple[list[Node], Group, Gist, Gist] | None:
    """Return the messages from a node on that repeat an answer, with its group, its content, and the repeated part of it."""
    gists = [(group, gist) for group in groups for gist in group.gists]
    for run in _runs(first):
        messages = [one.message for one in run if one.message]
        if any(message.name for message in messages):  # answers have no name
            continue
        sent = Gist.of_parts((part for message in messages for part in message.parts), run[-1].exchange)
        fitting = [(group, gist) for group, gist in gists if gist.holds(sent)]
        if not fitting:
            continue
        group, gist = max(fitting, key=lambda one: (one[1].text == sent.text, one[1].calls == sent.calls))
        return run, group, gist, sent
    return None


def _runs(first: Node) -> Iterator[list[Node]]:
    """Yield candidates for one answer: consecutive messages of a model, longest first."""
    waiting, found = [[first]], []
    while waiting:
        run = waiting.pop()
        after = [child for child in run[-1].children.values() if child.is_sent]
        if len(after) < len(run[-1].children) or run[-1].ends:
            found.append(run)
        if len(run) < RUN:
            waiting += [[*run, child] for child in after]
    return iter(sorted(found, key=lambda run: (-len(run), run[-1].prefix)))


def _weigh(node: Node) -> None:
    """Compute whether replay finds anything from a node on, and its sort key: more found, more entries, then name."""
    entries = node.ends
    below = node.children.values()
    node.is_found = any(entry.is_found for entry in entries) or any(child.is_found for child in below)
    found = sum(entry.is_found for entry in entries) - sum(child.weight[0] for child in below)
    every = len(entries) - sum(child.weight[1] for child in below)
    names = [entry.rank for entry in entries] + [child.weight[2] for child in below]
    node.weight = (-found, -every, min(names, default=""))
