"""Cases of the rule other-status."""

from tests.smells.building import changed, chat


def with_status(status):
    document = chat()
    document["response"]["status"] = status
    return document


FIRES = {"another": (changed(with_status(200), with_status(206)), "amber")}
QUIET = {
    "the same": changed(with_status(200), with_status(200)),
    "none was recorded": changed(chat(), with_status(206)),
    "an error, which is another matter": changed(with_status(200), chat(error="slow down")),
}
