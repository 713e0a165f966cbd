"""The neutral model: the meaning of one recording, whatever its wire format.

Frozen dataclasses with tuples. Texts are kept verbatim, never trimmed; what is not understood becomes a `Problem`.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple, TypeAlias

from recviewer.exchange.dataclass import dataclass
from recviewer.exchange.encode import encode
from recviewer.exchange.kinds import Kind as Kind
from recviewer.exchange.leftovers import leftovers
from recviewer.exchange.secret import Secret

Json: TypeAlias = Any
"""A decoded JSON value: dict, list, str, int, float, bool or None."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a recording that could not be read as expected.

    where: a JSON path such as `response.body[3].choices[0].delta.content`, or `file`.
    what: a sentence for a person.
    """

    where: str
    what: str


class Left(NamedTuple):
    """A value of a reply that no reader understands. where: its path, relative to the body."""

    where: str
    value: Json


class PartKind(StrEnum):
    """The closed set of part kinds of a message; templates/parts/ has one file for each."""

    TEXT = "text"
    REASONING = "reasoning"
    REFUSAL = "refusal"
    TOOL_CALL = "tool_call"
    TOOL_RESULT = "tool_result"
    IMAGE = "image"
    FILE = "file"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Text:
    """Text, as recorded."""

    kind: ClassVar[PartKind] = PartKind.TEXT
    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """What a model reasoned before it answered."""

    kind: ClassVar[PartKind] = PartKind.REASONING
    text: str


@dataclass(frozen=True, slots=True)
class RefusalPart:
    """A model's refusal to answer."""

    kind: ClassVar[PartKind] = PartKind.REFUSAL
    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool call. `arguments` is the text as sent, or compact sorted JSON if an object was sent.

    is_text: the tool takes free text (a custom tool's input, code), so the arguments need not be JSON.
    """

    kind: ClassVar[PartKind] = PartKind.TOOL_CALL
    id: str
    name: str
    arguments: str
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The result of a tool call. `call_id` and `name` are "" if the recording has none."""

    kind: ClassVar[PartKind] = PartKind.TOOL_RESULT
    call_id: str
    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Image:
    """An image, given as a data URL or a web address. Addresses are never fetched."""

    kind: ClassVar[PartKind] = PartKind.IMAGE
    url: str


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that was sent. `data` is what was recorded: base64 text, a data URL, or "" if only an id was."""

    kind: ClassVar[PartKind] = PartKind.FILE
    name: str
    id: str
    data: str


@dataclass(frozen=True, slots=True)
class JsonPart:
    """A part of an unknown kind, shown as recorded."""

    kind: ClassVar[PartKind] = PartKind.JSON
    value: Json


Part: TypeAlias = Text | Reasoning | RefusalPart | ToolCall | ToolResult | Image | SentFile | JsonPart


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a request.

    role: as recorded (system, developer, user, assistant, tool, model, ...); for requests without turns one of `prompt`
    (completions), `input` (embeddings), `query` and `document` (rerank), `call` (tool invocations).
    """

    role: str
    parts: tuple[Part, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """The request of an exchange.

    messages: in order. params: every other top-level key of the body, as recorded. tools: as recorded. body: the whole
    recorded body or payload ({} if there was none); messages, params and tools are views of it.
    """

    messages: tuple[Message, ...] = ()
    params: dict[str, Json] = field(default_factory=dict)
    tools: tuple[Json, ...] = ()
    body: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Output:
    """One choice of a response. The three texts are "" if absent; finish_reason is None if none was recorded.

    parts: everything besides the texts and the calls for the client, in order: images, calls that the server executed
    itself and their results, code that the model ran, citations, and parts of unknown kinds.
    """

    index: int = 0
    content: str = ""
    reasoning: str = ""
    refusal: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A recorded error, whatever its recorded form. status: the HTTP status, None if there was none."""

    type: str
    status: int | None
    message: str
    category: str = ""
    provider: str = ""
    code: str = ""


class ExhibitKind(StrEnum):
    """The closed set of things that a reply without choices shows; templates/exhibits/ has one file for each."""

    TABLE = "table"
    VECTOR = "vector"
    HITS = "hits"
    PASSAGES = "passages"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a list, such as a list of models. rows: strings, numbers or None, each row as wide as `columns`."""

    kind: ClassVar[ExhibitKind] = ExhibitKind.TABLE
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Json, ...], ...]


@dataclass(frozen=True, slots=True)
class Vector:
    """One embedding. values: as recorded, possibly not finite; encoding: `float` or `base64`."""

    kind: ClassVar[ExhibitKind] = ExhibitKind.VECTOR
    index: int
    values: tuple[float, ...]
    encoding: str = "float"


@dataclass(frozen=True, slots=True)
class Hit:
    """One search or rerank result. score: None if absent; index: the position in the ranked input, or None."""

    title: str
    url: str
    text: str
    score: float | None
    index: int | None


@dataclass(frozen=True, slots=True)
class Hits:
    """Search results or rerank scores, in recorded order."""

    kind: ClassVar[ExhibitKind] = ExhibitKind.HITS
    title: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """One chunk of a processed file. facts: its metadata as recorded."""

    text: str
    facts: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Passages:
    """The chunks into which a file processor split a file."""

    kind: ClassVar[ExhibitKind] = ExhibitKind.PASSAGES
    title: str
    passages: tuple[Passage, ...]
    facts: dict[str, Json]


Exhibit: TypeAlias = Table | Vector | Hits | Passages


@dataclass(frozen=True, slots=True)
class Reply:
    """A decoded response, before it is combined with its request into an `Exchange`."""

    outputs: tuple[Output, ...] = ()
    usage: dict[str, Json] | None = None
    error: Failure | None = None
    exhibits: tuple[Exhibit, ...] = ()
    model: str = ""
    chunks: int = 0
    """Number of elements of a streamed body (events, for server-sent events), 0 if not streamed."""
    runs: tuple[tuple[str, int], ...] = ()
    """What the chunks added, run-length encoded in order: pairs of one letter and a count. t text, r reasoning, c tool
    call, x refusal, p part, f finish, u usage, - nothing. () if not streamed.
    """
    elements: tuple[dict[Any, Json], ...] | None = None
    left: tuple[Left, ...] = ()
    """elements, left: of a streamed body, as in `Exchange`, if the reader computed them while joining; else None and ()."""
    told: tuple[Chunk, ...] = ()
    """The chunks of a streamed body, if the reader computed all of them while joining; else ()."""
    is_whole: bool = False
    """True if it is complete, or may be, although no finish reason says so: its API has none, or another mark of the end."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The meaning of one recording: request, reply, and the problems found while reading it."""

    kind: Kind
    read_as: str = ""
    """The name of the format that read it."""
    test_id: str | None = None
    method: str = ""
    """The HTTP method in capitals, "" if none is recorded."""
    endpoint: str = ""
    url: str = ""
    model: str = ""
    """The requested model."""
    reported_model: str = ""
    """The model that the reply names."""
    streaming: bool = False
    chunks: int = 0
    runs: tuple[tuple[str, int], ...] = ()
    status: int | None = None
    """The recorded HTTP status."""
    request: Request = field(default_factory=Request)
    outputs: tuple[Output, ...] = ()
    usage: dict[str, Json] | None = None
    error: Failure | None = None
    exhibits: tuple[Exhibit, ...] = ()
    is_whole: bool = False
    """As in `Reply`."""
    metadata: dict[str, Json] = field(default_factory=dict)
    """`provider_metadata`."""
    id_mapping: dict[str, Json] = field(default_factory=dict)
    """`id_normalization_mapping`."""
    unread: Json = None
    """The whole reply, if no format reads it."""
    rest: dict[str, Json] = field(default_factory=dict)
    """Everything else that counts, by path: what is neither in the neutral model nor harmless."""
    elements: tuple[dict[Any, Json], ...] = ()
    """For a stream, what counts of each element."""
    left: tuple[Left, ...] = ()
    """Values of a reply that no reader understands."""
    place: dict[str, Json] = field(default_factory=dict)
    """Where it was recorded: test, host, provider. A difference here does not change the meaning."""
    problems: tuple[Problem, ...] = ()
    secrets: tuple[Secret, ...] = ()
    """The secrets that were masked in it."""


@dataclass(frozen=True, slots=True)
class CallDelta:
    """A fragment of a tool call in one chunk. index: the call's position in its choice, None if the chunk has none.

    is_text: see `ToolCall`.
    """

    index: int | None
    id: str
    name: str
    arguments: str
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """What one chunk adds to one choice.

    parts: see `Output`. A tool call among them with the id of an earlier one continues that call's arguments.
    """

    choice: int = 0
    role: str = ""
    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: tuple[CallDelta, ...] = ()
    finish: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """One element of a streamed body. number: from 1, in arrival order.

    element: as recorded, without the wrapper that names its type. read: paths inside it, with list indexes as `[]`,
    that `deltas` and `usage` already cover. lines_bytes: the size of a server-sent event's lines, 0 for any other
    element. event: the name of a server-sent event, else "".
    """

    number: int
    deltas: tuple[Delta, ...]
    usage: dict[str, Json] | None
    element: Json
    read: frozenset[str]
    lines_bytes: int = 0
    event: str = ""

    @property
    def extra(self) -> dict[str, Json]:
        """All other values of the element that are not null or empty, by path. Computed on demand."""
        return leftovers(self.element, self.read)

    @property
    def size_bytes(self) -> int:
        """The element's size as compact JSON; for a server-sent event, that of its lines."""
        return self.lines_bytes or len(encode(self.element))
