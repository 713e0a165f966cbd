"""Cases of the rule volatile-request."""

from tests.smells.building import chat, recorded

ID = "file-d3bd9b63d2134199b3156206027b208e"
UUID = "3907d885-d8e7-a72d-1113-f7080454d97c"

FIRES = {
    "an id": (recorded(chat(f"[1] document_id: {ID}, score: 0.7")), "grey"),
    "a uuid": (recorded(chat(f"Look at {UUID}.")), "grey"),
    "a time": (recorded(chat("It is 2026-01-02T03:04:05.678Z.")), "grey"),
    "a temporary place": (recorded(chat("Read /tmp/pytest-of-ada/pytest-3/a.txt.")), "grey"),
    "a port": (recorded(chat("Ask http://localhost:43117/sse.")), "grey"),
    "before what is taken out": (recorded(chat(f"{ID} attributes: {{'a': 1}}")), "grey"),
}
QUIET = {
    "words": recorded(chat()),
    "a day": recorded(chat("Today is 2026-01-02.")),
    "midnight": recorded(chat("Published: 2026-01-02T00:00:00.000Z")),
    "an ordinary port": recorded(chat("Ask http://localhost:8000/sse.")),
    "what the recorder takes out": recorded(
        chat(f"[1] document_id: {UUID}, attributes: {{'id': '{ID}'}}, <|{UUID}|> cited")
    ),
}
