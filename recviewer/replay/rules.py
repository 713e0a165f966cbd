"""The rules by which a recorder has named its recordings, newest first.

A recording's file is named by a hash of its request, so that replay finds the answer to a request by computing a name.
Each change to what is hashed is a new rule, and files recorded under an older one can no longer be found unless both
rules happen to agree on them.

The rules here are those of the llama-stack (now OGX) recorder: on its main branch since 2025-07-29, together with
drafts that lived on branches only but left files behind. The dates are the days a rule reached main, or the day of the
draft. They were learned from its public source and checked against its whole public history of recordings.

To describe another recorder, or a change to this one, a team names a file of rules (`RECVIEWER_NAME_RULES`, see
`recviewer.replay.own_rules`), or a `NameRule` is put at the head of `KNOWN`. Its fields say which kinds of request it
covers, whether the test's id is hashed, for which paths it is not, and which steps (`recviewer.replay.steps`) the body goes
through first. Nothing else needs an edit. A new kind of change is a new step.
"""

from __future__ import annotations

import re
from datetime import date

from recviewer.configuration import env
from recviewer.replay.rule import CallKind, NameRule
from recviewer.replay.steps import CutClause, DropInside, DropKeys, Replace, RoundNumbers

_PLAIN = frozenset({CallKind.INFERENCE})
_WITH_TOOLS = frozenset({CallKind.INFERENCE, CallKind.TOOL})


_UUID = "[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"
_SCORE = Replace("score:", re.compile(r"score:\s*[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?"), "score: __NORMALIZED__")
_ATTRIBUTES = CutClause("attributes:", re.compile(r"attributes:\s*\{"), "}")
_DOCUMENT_UUID = Replace("document_id:", re.compile(rf"document_id:\s*{_UUID}"), "document_id: __NORMALIZED__")
_CITED_UUID = Replace("<|", re.compile(rf"<\|{_UUID}\|>"), "<|__NORMALIZED__|>")
_DOCUMENT_FILE = Replace("document_id:", re.compile(r"document_id:\s*file-\d+"), "document_id: __NORMALIZED__")
_CITED_FILE = Replace("<|", re.compile(r"<\|file-\d+\|>"), "<|__NORMALIZED__|>")
_ROUND_5 = RoundNumbers(5)
_ROUND_6 = RoundNumbers(6)

_BEDROCK = DropKeys(("stream_options",), host_contains="bedrock")
_STREAM_OPTIONS = DropKeys(("stream_options",))
_EXTRAS = DropKeys(("extra_body", "extra_query", "extra_headers"))
_PROJECT_ID = DropInside(("extra_body", "extra_query"), ("project_id",))

_FIRST_LISTS = ("/api/tags", "/v1/models")

KNOWN: tuple[NameRule, ...] = (
    NameRule(
        "G",
        date(2026, 4, 9),
        "Ids of documents and citations in search results no longer count.",
        drops=(_BEDROCK, _PROJECT_ID),
        rewrites=(_SCORE, _ATTRIBUTES, _DOCUMENT_UUID, _CITED_UUID, _ROUND_5),
    ),
    NameRule(
        "G2",
        date(2026, 4, 7),
        "Ids such as file-1 of documents and citations in search results no longer count.",
        on_main=False,
        drops=(_BEDROCK, _PROJECT_ID),
        rewrites=(_SCORE, _ATTRIBUTES, _DOCUMENT_FILE, _CITED_FILE, _ROUND_5),
    ),
    NameRule(
        "G1",
        date(2026, 4, 7),
        "Scores and attributes in search results no longer count.",
        on_main=False,
        drops=(_BEDROCK, _PROJECT_ID),
        rewrites=(_SCORE, _ATTRIBUTES, _ROUND_5),
    ),
    NameRule(
        "FP",
        date(2026, 4, 2),
        "File processors are recorded too. How the file was to be cut up is hashed but not stored.",
        kinds=frozenset({CallKind.FILE_PROCESSOR}),
        unstored=("chunking_strategy", "options"),
    ),
    NameRule(
        "F",
        date(2026, 3, 18),
        "project_id in extra_body and extra_query no longer counts.",
        drops=(_BEDROCK, _PROJECT_ID),
        rewrites=(_ROUND_5,),
    ),
    NameRule(
        "FT",
        date(2026, 3, 17),
        "The test counts for tool invocations too.",
        on_main=False,
        kinds=frozenset({CallKind.TOOL}),
        test_id=frozenset({CallKind.TOOL}),
    ),
    NameRule(
        "F1",
        date(2026, 3, 17),
        "extra_body, extra_query and extra_headers no longer count.",
        on_main=False,
        drops=(_BEDROCK, _EXTRAS),
        rewrites=(_ROUND_5,),
    ),
    NameRule(
        "F0",
        date(2026, 3, 17),
        "extra_body, extra_query and extra_headers no longer count, nor the test for any path that ends in /models.",
        on_main=False,
        drops=(_BEDROCK, _EXTRAS),
        rewrites=(_ROUND_5,),
        model_lists=("/api/tags",),
        model_list_end="/models",
    ),
    NameRule(
        "E",
        date(2026, 2, 12),
        "Plain HTTP requests are recorded too, by their whole URL.",
        drops=(_BEDROCK,),
        rewrites=(_ROUND_5,),
    ),
    NameRule(
        "D",
        date(2026, 1, 21),
        "stream_options no longer counts for hosts named bedrock.",
        kinds=_WITH_TOOLS,
        drops=(_BEDROCK,),
        rewrites=(_ROUND_5,),
    ),
    NameRule(
        "D0",
        date(2026, 1, 20),
        "stream_options no longer counts.",
        on_main=False,
        kinds=_WITH_TOOLS,
        drops=(_STREAM_OPTIONS,),
        rewrites=(_ROUND_5,),
    ),
    NameRule(
        "C2",
        date(2025, 11, 3),
        "The test no longer counts for /v1/openai/v1/models.",
        kinds=_WITH_TOOLS,
        rewrites=(_ROUND_5,),
    ),
    NameRule(
        "C",
        date(2025, 10, 9),
        "Numbers count to five decimals only, also inside text. Tool invocations are recorded too.",
        kinds=_WITH_TOOLS,
        rewrites=(_ROUND_5,),
        model_lists=_FIRST_LISTS,
    ),
    NameRule(
        "C6",
        date(2025, 10, 9),
        "Numbers count to six decimals only, also inside text.",
        on_main=False,
        kinds=_PLAIN,
        rewrites=(_ROUND_6,),
        model_lists=_FIRST_LISTS,
    ),
    NameRule(
        "B",
        date(2025, 10, 4),
        "The test counts, except for model lists, and the whole hash is shown.",
        kinds=_PLAIN,
        model_lists=_FIRST_LISTS,
    ),
    NameRule(
        "A",
        date(2025, 7, 29),
        "Method, path and body count, and the name is twelve digits long. Model lists have their own since 2025-09-03.",
        kinds=_PLAIN,
        test_id=frozenset(),
        model_lists=_FIRST_LISTS,
        hex_digits=12,
        plain_model_lists=True,
    ),
)
"""The built-in rules, newest first."""

OWN = "RECVIEWER_NAME_RULES"
"""The setting with the path of a team's own rules."""


def _every() -> tuple[NameRule, ...]:
    place = env.path(OWN)
    if place is None:
        return KNOWN
    from recviewer.replay.own_rules import merged  # rarely needed

    return merged(place, OWN, KNOWN)


RULES = _every()
"""Every rule, newest first. A current recorder uses the first one that covers a request."""


DIGITS = "|".join([f"[0-9a-f]{{{digits}}}" for digits in sorted({rule.hex_digits for rule in RULES})])
"""A pattern for the hash in a name, in the lengths of all rules."""


def rules_for(kind: CallKind) -> tuple[NameRule, ...]:
    """The rules that cover a kind of request, newest first. Never empty."""
    return _RULES_BY_KIND[kind]


_RULES_BY_KIND = {kind: tuple(rule for rule in RULES if kind in rule.kinds) for kind in CallKind}

NEEDLES: tuple[str, ...] = tuple(
    {step.needle: None for rule in RULES for step in rule.rewrites if not isinstance(step, RoundNumbers)}
)
"""The distinct prefixes of the matches of all rewriting steps."""
