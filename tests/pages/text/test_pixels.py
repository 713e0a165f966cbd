import base64
import struct

import pytest

from recviewer.pages.text.pixels import pixels_of

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480)
GIF = b"GIF89a" + struct.pack("<HH", 640, 480)
APP = b"\xff\xe0" + struct.pack(">H", 6) + b"JFIF"
JPEG = b"\xff\xd8" + APP + b"\xff" + b"\xff\xc2" + struct.pack(">HBHH", 17, 8, 480, 640)
EXTENDED = (
    b"RIFF\0\0\0\0WEBPVP8X" + struct.pack("<II", 10, 0) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")
)
LOSSLESS = b"RIFF\0\0\0\0WEBPVP8L" + struct.pack("<IBI", 9, 0x2F, 639 | 479 << 14)
LOSSY = b"RIFF\0\0\0\0WEBPVP8 " + struct.pack("<I", 20) + b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 640, 480 | 1 << 14)


@pytest.mark.parametrize("data", [PNG, GIF, JPEG, EXTENDED, LOSSLESS, LOSSY])
def test_a_picture_tells_how_large_it_is(data):
    assert pixels_of(data) == (640, 480)
    assert all(pixels_of(data[:end]) in (None, (640, 480)) for end in range(len(data)))


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff\xd9", PNG[:16] + b"\0" * 8, b"\xff\xd8" + APP * 3])
def test_what_does_not_tell_is_not_guessed(data):
    assert pixels_of(data) is None


def test_a_real_picture():
    dot = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

    assert pixels_of(base64.b64decode(dot)) == (1, 1)
