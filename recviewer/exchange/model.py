"""The neutral model: what one recording says, whatever wire format it was recorded in.

Frozen dataclasses of tuples. Texts are kept to the letter, never trimmed or joined; what is not understood is a `Problem`.
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
    """A value of a reply that no reader understands. where: its path below the body."""

    where: str
    value: Json


class PartKind(StrEnum):
    """The closed set of parts a message is made of; templates/parts/ has one file for each."""

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
    """Words, as recorded."""

    kind: ClassVar[PartKind] = PartKind.TEXT
    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """What a model thought before it answered."""

    kind: ClassVar[PartKind] = PartKind.REASONING
    text: str


@dataclass(frozen=True, slots=True)
class RefusalPart:
    """What a model said instead of answering."""

    kind: ClassVar[PartKind] = PartKind.REFUSAL
    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a function. `arguments` is the text as sent, or compact sorted JSON where an object was sent.

    is_text: the tool takes any text (a custom tool's input, code), so that arguments that are no JSON are as they should be.
    """

    kind: ClassVar[PartKind] = PartKind.TOOL_CALL
    id: str
    name: str
    arguments: str
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave back. `call_id` and `name` are "" where the recording has none."""

    kind: ClassVar[PartKind] = PartKind.TOOL_RESULT
    call_id: str
    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, named by a data URL or a web address. Addresses are never fetched."""

    kind: ClassVar[PartKind] = PartKind.IMAGE
    url: str


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file sent along. `data` is what was recorded: base64 text, a data URL, or "" where only an id was."""

    kind: ClassVar[PartKind] = PartKind.FILE
    name: str
    id: str
    data: str


@dataclass(frozen=True, slots=True)
class JsonPart:
    """A part of a kind nobody has described yet, shown as it was recorded."""

    kind: ClassVar[PartKind] = PartKind.JSON
    value: Json


Part: TypeAlias = Text | Reasoning | RefusalPart | ToolCall | ToolResult | Image | SentFile | JsonPart


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a request.

    role: as recorded (system, developer, user, assistant, tool, model, ...); for requests without turns one of
    `prompt` (completions), `input` (embeddings), `query` and `document` (rerank), `call` (tool invocations).
    """

    role: str
    parts: tuple[Part, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked.

    messages: in order. params: every other top-level key of the body, as recorded. tools: as recorded.
    body: the whole recorded body or payload ({} when there was none); messages, params and tools are views of it.
    """

    messages: tuple[Message, ...] = ()
    params: dict[str, Json] = field(default_factory=dict)
    tools: tuple[Json, ...] = ()
    body: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Output:
    """One choice of a response. The three texts are "" where nothing was said; finish_reason is None where none came.

    parts: what it holds besides its texts and the calls that the client is to make, in order: pictures, calls that the
    server made itself and their results, code that the model ran, citations, and whatever else nobody has described.
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
    """A recorded failure, in whichever shape it was recorded. status: the HTTP status, None where there was none."""

    type: str
    status: int | None
    message: str
    category: str = ""
    provider: str = ""
    code: str = ""


class ExhibitKind(StrEnum):
    """The closed set of things a reply without choices shows; templates/exhibits/ has one file for each."""

    TABLE = "table"
    VECTOR = "vector"
    HITS = "hits"
    PASSAGES = "passages"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a list, such as a model list. cells: strings, numbers or None, one tuple a row, as wide as columns."""

    kind: ClassVar[ExhibitKind] = ExhibitKind.TABLE
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Json, ...], ...]


@dataclass(frozen=True, slots=True)
class Vector:
    """One embedding. values: finite or not, as recorded; encoding: `float` or `base64`."""

    kind: ClassVar[ExhibitKind] = ExhibitKind.VECTOR
    index: int
    values: tuple[float, ...]
    encoding: str = "float"


@dataclass(frozen=True, slots=True)
class Hit:
    """One search or rerank result. score: None where there is none; index: the place in what was ranked, or None."""

    title: str
    url: str
    text: str
    score: float | None
    index: int | None


@dataclass(frozen=True, slots=True)
class Hits:
    """Search results or rerank scores, best first as recorded."""

    kind: ClassVar[ExhibitKind] = ExhibitKind.HITS
    title: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of a processed file. facts: its metadata as recorded."""

    text: str
    facts: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Passages:
    """What a file processor cut a file into."""

    kind: ClassVar[ExhibitKind] = ExhibitKind.PASSAGES
    title: str
    passages: tuple[Passage, ...]
    facts: dict[str, Json]


Exhibit: TypeAlias = Table | Vector | Hits | Passages


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, before it is put beside its request."""

    outputs: tuple[Output, ...] = ()
    usage: dict[str, Json] | None = None
    error: Failure | None = None
    exhibits: tuple[Exhibit, ...] = ()
    model: str = ""
    chunks: int = 0
    """Elements of a streamed body (events, for server-sent events), 0 when not streamed."""
    runs: tuple[tuple[str, int], ...] = ()
    """What the chunks added, run-length coded in order: pairs of one letter and a count. t text, r reasoning, c tool
    call, x refusal, p part, f finish, u usage, - nothing. () when not streamed."""
    elements: tuple[dict[Any, Json], ...] | None = None
    left: tuple[Left, ...] = ()
    """elements, left: of a streamed body, as in `Exchange`, where the reader worked them out on its way; else None and
    ()."""
    told: tuple[Chunk, ...] = ()
    """The chunks of a streamed body, where the reader made them all on its way; else ()."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One recording's meaning: request, reply, and what was wrong with the file."""

    kind: Kind
    read_as: str = ""
    """The name of the format that read it."""
    test_id: str | None = None
    method: str = ""
    """The method of HTTP, in capitals, "" where none is recorded."""
    endpoint: str = ""
    url: str = ""
    model: str = ""
    """What was asked for."""
    reported_model: str = ""
    """What the reply says."""
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
    metadata: dict[str, Json] = field(default_factory=dict)
    """`provider_metadata`."""
    id_mapping: dict[str, Json] = field(default_factory=dict)
    """`id_normalization_mapping`."""
    unread: Json = None
    """The reply where no format reads it."""
    rest: dict[str, Json] = field(default_factory=dict)
    """What else counts, by where it stands: all that is neither in the neutral model nor harmless."""
    elements: tuple[dict[Any, Json], ...] = ()
    """Of a stream, what counts of each."""
    left: tuple[Left, ...] = ()
    """Values of a reply that no reader understands, by path."""
    place: dict[str, Json] = field(default_factory=dict)
    """Where it was made: test, host, provider. That may differ and the meaning be the same."""
    problems: tuple[Problem, ...] = ()
    secrets: tuple[Secret, ...] = ()
    """Those that were masked in it."""


@dataclass(frozen=True, slots=True)
class CallDelta:
    """A fragment of a tool call in one chunk. index: the call's place in its choice, None where the chunk has none.

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

    parts: see `Output`. A call among them whose id has come before goes on with that call's arguments.
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

    element: as recorded, without the wrapping that names its type. read: paths inside it, with list indexes as `[]`,
    that `deltas` and `usage` already tell. lines_bytes: of a server-sent event's lines, 0 for any other element.
    event: the name of a server-sent event, else "".
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
        """Every other value of the element that is not null or empty, by its path. Worked out when asked for."""
        return leftovers(self.element, self.read)

    @property
    def size_bytes(self) -> int:
        """The element's size as compact JSON; for server-sent events, that of the event's lines."""
        return self.lines_bytes or len(encode(self.element))
