"""The duration of a sound from its own bytes: headers of WAV, FLAC and Ogg, frames of MP3 and AAC."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from recviewer.pages.templatetags.words import counted

_MPEG_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Samples per second, by the two bits of the version: MPEG 1, 2 and 2.5."""
_MPEG_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
"""Kilobits per second of layer III."""
_LAYER_3 = 1
_AAC_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
_AAC_SAMPLES = 1024
_OPUS_RATE = 48_000


def seconds_of(kind: str, data: bytes) -> float | None:
    """Return the duration of a sound in seconds, None if its bytes do not tell. kind: its media type."""
    reader = _READERS.get(kind)
    try:
        return reader(data) if reader else None
    except (IndexError, struct.error, ZeroDivisionError):
        return None


def in_words(seconds: float) -> str:
    """Return a duration for people: with tenths below a minute."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{counted(minutes, 'minute')} {rest} s"


def _wav(data: bytes) -> float | None:
    place, rate = 12, 0
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        if name == b"fmt ":
            rate = struct.unpack_from("<I", data, place + 16)[0]
        elif name == b"data":
            return float(min(size, len(data) - place - 8) / rate)  # a streamed file does not know its size
        place += 8 + size + size % 2
    return None


def _mp3(data: bytes) -> float | None:
    place = 0
    if data[:3] == b"ID3":
        size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
        place = 10 + size
    first = True
    total = 0.0
    for start, seconds, size in _mpeg_frames(data, place):
        head = data[start : start + min(size, 200)]
        if not (first and (b"Xing" in head or b"Info" in head)):  # an information frame contains no sound
            total += seconds
        first = False
    return total or None


def _mpeg_frames(data: bytes, place: int) -> Iterator[tuple[int, float, int]]:
    """Yield the offset, duration in seconds and size of each frame, until the data is not a frame."""
    while place + 4 <= len(data):
        if data[place] != 0xFF or data[place + 1] & 0xE0 != 0xE0:
            return
        version, layer = data[place + 1] >> 3 & 3, data[place + 1] >> 1 & 3
        bits, rate = data[place + 2] >> 4, data[place + 2] >> 2 & 3
        if version not in _MPEG_RATES or layer != _LAYER_3 or not 0 < bits < 15 or rate == 3:
            return
        samples_a_second = _MPEG_RATES[version][rate]
        kilobits, samples = (_MPEG_1[bits], 1152) if version == 3 else (_MPEG_2[bits], 576)
        size = samples // 8 * kilobits * 1000 // samples_a_second + (data[place + 2] >> 1 & 1)
        yield place, samples / samples_a_second, size
        place += size


def _aac(data: bytes) -> float | None:
    place, frames, rate = 0, 0, 0
    while place + 7 <= len(data) and data[place] == 0xFF and data[place + 1] & 0xF6 == 0xF0:
        rate = _AAC_RATES[data[place + 2] >> 2 & 15]
        size = (data[place + 3] & 3) << 11 | data[place + 4] << 3 | data[place + 5] >> 5
        if size < 7:
            return None
        frames += 1 + (data[place + 6] & 3)
        place += size
    return frames * _AAC_SAMPLES / rate if frames else None


def _flac(data: bytes) -> float | None:
    packed = int.from_bytes(data[18:26])
    samples = packed & (1 << 36) - 1
    return samples / (packed >> 44) or None


def _ogg(data: bytes) -> float | None:
    last = data.rfind(b"OggS")
    end = struct.unpack_from("<q", data, last + 6)[0]
    opus, vorbis = data.find(b"OpusHead", 0, 200), data.find(b"\x01vorbis", 0, 200)
    if opus >= 0:
        return max(0, end - struct.unpack_from("<H", data, opus + 10)[0]) / _OPUS_RATE or None
    if vorbis >= 0:
        return max(0, end) / struct.unpack_from("<I", data, vorbis + 12)[0] or None
    return None


_READERS = {"audio/wav": _wav, "audio/mpeg": _mp3, "audio/aac": _aac, "audio/flac": _flac, "audio/ogg": _ogg}
