"""Cases of the rule found-nothing."""

from tests.smells.building import among, chat
from tests.trees import id_of

NOTHING = "I couldn't find specific updates from the US region."
QUESTION = "What is new in the US?"


def answers(*texts, **more):
    return among(
        *[chat(QUESTION, text, test=id_of("test_search", f"txt=acme/m-{at}")) for at, text in enumerate(texts)], **more
    )


FIRES = {
    "the siblings found some": (answers(NOTHING, "Three updates.", "There is one."), "amber"),
    "no results": (answers("Unfortunately, no relevant results were found.", "Three.", "One."), "amber"),
}
QUIET = {
    "all found nothing": answers(NOTHING, NOTHING, "I was unable to find any."),
    "most found nothing": answers(NOTHING, NOTHING, NOTHING, "One.", "Two."),
    "one sibling": answers(NOTHING, "Three updates."),
    "it found some": answers("Three updates.", NOTHING, "There is one."),
    "nothing more": answers("I couldn't find additional details.", "Three updates.", "There is one."),
    "later, about a part": answers(f"There are three: {'a, ' * 60} {NOTHING}", "Three updates.", "There is one."),
    "another question": among(
        chat("Who?", NOTHING, test=id_of("test_search", "a")),
        *[chat(QUESTION, "Three.", test=id_of("test_search", f"b{at}")) for at in range(3)],
    ),
}
