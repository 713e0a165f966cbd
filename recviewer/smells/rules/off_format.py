"""An answer that does not have the format requested."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Exchange, Json, Kind
from recviewer.exchange.text import Outcome
from recviewer.smells.calls import LONGEST, parsed
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.schema import fault
from recviewer.smells.spots import in_answer

_NO_JSON = "it is not JSON"
_GOOGLE = (
    ("responseMimeType", ("responseJsonSchema", "responseSchema")),
    ("response_mime_type", ("response_json_schema", "response_schema")),
)


def _holds(case: Case) -> Held | None:
    """Only answers with a normal end; a truncated one has a rule of its own."""
    if case.new is None or case.new.meaning.line.outcome is not Outcome.ANSWER:
        return None
    asked = next(_asked(case.new.exchange), None)
    if asked is None:
        return None
    for output in case.new.exchange.outputs:
        what = _fault(output.content, asked)
        if what:
            says = f"the answer does not have the format that was asked for: {what}"
            level = Severity.RED if what == _NO_JSON else Severity.AMBER
            return Held(level, what, fault=what, says=says, spots=in_answer(case.new, output.content.strip()))
    return None


def _asked(exchange: Exchange) -> Iterator[dict[str, Json]]:
    """Yield the requested schemas of the answer, {} if any JSON will do."""
    params = exchange.request.params
    text, form = params.get("text"), params.get("format")
    config = params.get("output_config")
    given = (params.get("response_format"), *(one.get("format") for one in (text, config) if isinstance(one, dict)))
    for asked in (*given, params.get("output_format")):
        if isinstance(asked, dict) and asked.get("type") in ("json_schema", "json_object"):
            inner = asked.get("json_schema")
            schema = inner.get("schema") if isinstance(inner, dict) else asked.get("schema")
            yield schema if isinstance(schema, dict) else {}
    for held in (params.get("generationConfig"), params.get("config")):
        yield from _asked_of_google(held) if isinstance(held, dict) else ()
    if exchange.kind in (Kind.OLLAMA_CHAT, Kind.OLLAMA_GENERATE) and form:
        yield form if isinstance(form, dict) else {}


def _asked_of_google(config: dict[str, Json]) -> Iterator[dict[str, Json]]:
    for kind, names in _GOOGLE:
        if config.get(kind) == "application/json":
            yield next((config[name] for name in names if isinstance(config.get(name), dict)), {})


def _fault(content: str, schema: dict[str, Json]) -> str:
    if not content.strip() or len(content) > LONGEST:
        return ""
    try:
        value = parsed(content)
    except ValueError:
        return _NO_JSON
    return fault(value, schema)


RULE = Rule(
    "off-format",
    "the answer does not have the format that was asked for",
    Explained(
        what="An answer to a request for structured output that is not JSON (red), or does not fit the schema of the "
        "request (amber). Patterns, formats and references to elsewhere are not looked at.",
        why="A client that reads the answer fails, or takes values that nobody promised.",
        example="`response_format` asks for an object with `name` and `age`, and the answer says `Sure! Here it is:`.",
        fix="Re-record it with a model and server that keep to the format.",
        mistaken="Tests that want to see what a client makes of such an answer; a model that declines in words.",
        measured="nothing, in 75, 11 and 7 answers to requests for a format. Of 8 real ones that were "
        "changed so by hand all were found.",
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.RED, Severity.AMBER),
)
