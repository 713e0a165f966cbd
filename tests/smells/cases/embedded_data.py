"""Cases of the rule embedded-data."""

from tests.smells.building import chat, recorded


def showing(url):
    made = chat()
    made["request"]["body"]["messages"][0]["content"] = [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    return made


FIRES = {"a picture": (recorded(showing("data:image/png;base64," + "QUJD" * 300)), "grey")}
QUIET = {
    "a small picture": recorded(showing("data:image/png;base64,QUJD")),
    "an address": recorded(showing("https://example.com/" + "a" * 2_000)),
    "words": recorded(chat()),
}
