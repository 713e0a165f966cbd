"""Frames of a realtime session with their fragments joined, because network boundaries of text and audio do not matter.

Audio is new at each recording; its transcript, sent beside it, counts, and that there is some audio.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from recviewer.exchange.encode import encode
from recviewer.exchange.model import Json

SOUND = "…"
"""Placeholder for audio."""


def whole_frames(frames: Sequence[Json]) -> list[Json]:
    """Return each frame: the first of several fragments with the content of all, the others empty."""
    made: list[Json] = []
    firsts: dict[Hashable, dict[str, Any]] = {}
    turn = 0
    for frame in frames:
        if not isinstance(frame, dict):
            made.append(frame)
            continue
        kind = frame.get("type")
        if kind == "ping":  # keeps the connection open
            made.append(_like(made))
        elif isinstance(kind, str) and kind.endswith(".delta") and isinstance(frame.get("delta"), str):
            made.append(_piece(frame, kind, firsts, made))
        elif isinstance(frame.get("serverContent"), dict):
            content = frame["serverContent"]
            told = {key: _turn(item, key, turn, firsts) for key, item in content.items()}
            made.append({**frame, "serverContent": {key: item for key, item in told.items() if item is not None}})
            turn += content.get("turnComplete") is True
        else:
            made.append(frame)
    return made


def _piece(frame: dict[str, Any], kind: str, firsts: dict[Hashable, dict[str, Any]], made: list[Json]) -> Json:
    """Return what a fragment of text, arguments or audio adds."""
    key = (kind, repr(frame.get("item_id")), repr(frame.get("content_index")))  # repr, as these may be any JSON value
    first = firsts.get(key)
    is_sound = kind.endswith("audio.delta")
    if first is None:
        shown = {"sound (recorded)" if name == "sound" else name: frame[name] for name in frame if name != "delta"}
        first = firsts[key] = {**shown, **({"sound": _mark(frame["delta"])} if is_sound else {"delta": frame["delta"]})}
        return first
    if is_sound:
        first["sound"] = first["sound"] or _mark(frame["delta"])
    else:
        first["delta"] += frame["delta"]
    more = {name: value for name, value in frame.items() if name != "delta" and not _is_in(first, name, value)}
    return {**_like(made), **more}


def _mark(sound: Json) -> Json:
    """Return a placeholder for audio; if there is none, the empty value as it is."""
    return SOUND if sound else sound


def _is_in(first: dict[str, Any], name: str, value: Json) -> bool:
    """Tell whether the first fragment says the same under a key, so that a later one adds nothing by it."""
    return name in first and encode(first[name], is_sorted=True) == encode(value, is_sorted=True)


def _like(made: list[Json]) -> Json:
    """Return a frame that adds nothing to the previous one."""
    last = made[-1] if made else None
    return {"type": last["type"]} if isinstance(last, dict) and "type" in last else {}


def _turn(item: Json, key: str, turn: int, firsts: dict[Hashable, dict[str, Any]]) -> Json:
    """Return what a Gemini frame adds to its turn; None for nothing."""
    if key in ("outputTranscription", "inputTranscription") and isinstance(item, dict):
        return _joined(item, (key, turn), firsts)
    if key == "modelTurn" and isinstance(item, dict) and isinstance(item.get("parts"), list):
        parts = [_part(part, turn, firsts) for part in item["parts"]]
        kept = [part for part in parts if part is not None]
        return {**item, "parts": kept} if kept or len(item) > 1 else None
    return item


def _part(part: Json, turn: int, firsts: dict[Hashable, dict[str, Any]]) -> Json:
    if not isinstance(part, dict):
        return part
    inline = part.get("inlineData")
    if isinstance(inline, dict) and str(inline.get("mimeType", "")).startswith("audio/"):
        heard = {**part, "inlineData": {**inline, "data": _mark(inline.get("data"))}}
        first = firsts.setdefault(("sound", turn), heard)
        return heard if first is heard or encode(first, is_sorted=True) != encode(heard, is_sorted=True) else None
    if isinstance(part.get("text"), str):
        return _joined(part, ("text", turn, repr(part.get("thought"))), firsts)
    return part


def _joined(piece: dict[str, Any], key: Hashable, firsts: dict[Hashable, dict[str, Any]]) -> Json:
    if not isinstance(piece.get("text"), str):
        return piece
    first = firsts.get(key)
    if first is None:
        first = firsts[key] = dict(piece)
        return first
    first["text"] += piece["text"]
    rest = {name: value for name, value in piece.items() if name != "text" and not _is_in(first, name, value)}
    return rest or None
