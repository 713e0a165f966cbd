"""How long a sound is, by its own bytes."""

import io
import struct
import wave

import pytest

from recviewer.pages.text.lengths import in_words, seconds_of


def wav(seconds, rate=8_000):
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(2)
        made.setsampwidth(2)
        made.setframerate(rate)
        made.writeframes(bytes(4 * int(seconds * rate)))
    return file.getvalue()


def mp3(frames, *, head=b"\xff\xfb\x90\x00", size=417, tag=b"", told=b""):
    first = head + (b"\0" * 32 + told).ljust(size - 4, b"\0") if told else b""
    return tag + first + (head + bytes(size - 4)) * frames


def flac(samples, rate):
    return b"fLaC\0\0\0\x22" + bytes(10) + (rate << 44 | 1 << 41 | 15 << 36 | samples).to_bytes(8) + bytes(16)


def ogg(head, end):
    page = b"OggS\0\2" + struct.pack("<q", 0) + bytes(12) + b"\1\x13" + head
    return page + b"OggS\0\4" + struct.pack("<q", end) + bytes(12)


def aac(frames):
    return (b"\xff\xf1" + bytes([4 << 2, 0x80, 0x01, 0x1F, 0xFC]) + b"\0") * frames


OPUS = b"OpusHead\1\1" + struct.pack("<H", 312)
VORBIS = b"\x01vorbis\0\0\0\0\1" + struct.pack("<I", 16_000)


@pytest.mark.parametrize(
    ("kind", "data", "seconds"),
    [
        ("audio/wav", wav(1.5), 1.5),
        ("audio/wav", wav(1.5)[:40] + b"\xff\xff\xff\xff" + bytes(32_000), 1.0),
        ("audio/wav", wav(1.5)[:30], None),
        ("audio/mpeg", mp3(100), 100 * 1152 / 44_100),
        ("audio/mpeg", mp3(100, tag=b"ID3\4\0\0\0\0\0\x05tagxx", told=b"Info"), 100 * 1152 / 44_100),
        ("audio/mpeg", mp3(50, head=b"\xff\xf3\x84\x00", size=192), 50 * 576 / 24_000),
        ("audio/mpeg", b"ID3\x04 invented", None),
        ("audio/flac", flac(48_000 * 90, 48_000), 90),
        ("audio/flac", flac(0, 48_000), None),
        ("audio/ogg", ogg(OPUS, 48_312), 1),
        ("audio/ogg", ogg(VORBIS, 40_000), 2.5),
        ("audio/ogg", b"OggS", None),
        ("audio/aac", aac(43), 43 * 1024 / 44_100),
        ("audio/aac", b"\xff\xf1", None),
        ("audio/webm", b"\x1a\x45\xdf\xa3", None),
    ],
)
def test_seconds_are_those_that_the_bytes_tell(kind, data, seconds):
    assert seconds_of(kind, data) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize("kind", ["audio/wav", "audio/mpeg", "audio/flac", "audio/ogg", "audio/aac"])
@pytest.mark.parametrize("data", [wav(0.01), mp3(3), flac(9, 8_000), ogg(OPUS, 9), ogg(VORBIS, 9), aac(3)])
def test_sounds_that_are_cut_anywhere_or_of_another_type_break_nothing(kind, data):
    for end in range(min(len(data), 120)):
        assert (seconds_of(kind, data[:end]) or 0) >= 0


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.26, "0.3 s"), (59.94, "59.9 s"), (59.97, "1 minute 0 s"), (125.4, "2 minutes 5 s")]
)
def test_lengths_in_words(seconds, words):
    assert in_words(seconds) == words
