"""An entry of the list of what is harmless, and the reasons that many entries share."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class HowHarmless(StrEnum):
    """To what extent a path is harmless.

    wholly: any value, or none. value: the value only; whether it is present counts, and so do zero, null and empty
    values. figure: numbers only, zero included; texts, null and key names count. ids: only ids inside texts.
    unfiltered: the verdicts of a content filter that let everything pass; whether there are any counts. unnamed: a text
    that names no file. made: the value only, and only of a generated name; one that a person chose counts.
    """

    WHOLLY = "wholly"
    VALUE = "value"
    FIGURE = "figure"
    IDS = "ids"
    UNFILTERED = "unfiltered"
    UNNAMED = "unnamed"
    MADE = "made"


class Harmless(NamedTuple):
    """An entry of the list. path: relative to the body. reason: why a difference there does not matter, as a clause."""

    path: str
    how: HowHarmless
    reason: str


ID = "generated for each reply"
TIME = "when the reply was made"
TOOK = "how long it took"
TOKENS = "a count of this run; that there is one, and that it is not zero, counts"
COUNT = "a count of this run"
SEALED = (
    "encrypted or signed anew for each reply; that there is one counts, because later requests have to send it back"
)
LOGPROBS = "differ from run to run; that there are any counts, and whether there are alternatives or those of a refusal"
FILTERED = "how far a content filter had read; what it found counts"
MULTIPART = "generated for each request"
NETWORK_ORDER = "which of them came first depends on the network; the order of each side counts"
TIER = "which machine served the reply"
HEADER = "about the transport of this one reply"
