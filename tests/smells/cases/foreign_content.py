"""Cases of the rule foreign-content."""

from tests.smells.building import among, chat
from tests.trees import id_of

OWN = "Which of the planets has rings around it, and how many are known?"
FOREIGN = "What is the boiling point of polyjuice in degrees of Celsius today?"
RINGS = "Saturn is the planet with rings that everybody knows of."
MOONS = "Jupiter is the planet with the moons that Galilei saw first."
ONE, TWO, THREE = (id_of(parameters=f"txt=acme/{name}") for name in ("one", "two", "three"))
OTHER_ONE, OTHER_TWO = (id_of("test_other", f"txt=acme/{name}") for name in ("one", "two"))
THIRD = id_of("test_third", "txt=acme/one")


def asks(question, *tests):
    return [chat(question, test=test) for test in tests]


def stores(words, test):
    made = chat(test=test)
    made["request"] |= {"url": "https://api.acme.example/v1/embeddings", "endpoint": "/v1/embeddings"}
    made["request"]["body"] = {"model": "small-1", "input": [words]}
    data = [{"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}]
    body = {"object": "list", "data": data, "model": "small-1", "usage": {"prompt_tokens": 3, "total_tokens": 3}}
    type_ = "openai.types.create_embedding_response.CreateEmbeddingResponse"
    made["response"] = {"body": {"__type__": type_, "__data__": body}, "is_streaming": False}
    return made


def given(words, test):
    made = chat(test=test)
    call = {"id": "call_1", "type": "function", "function": {"name": "file_search", "arguments": "{}"}}
    made["request"]["body"]["messages"] += [
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": f"found 1 chunk:\nContent: {words}\n"},
    ]
    return made


SIBLINGS = [*asks(OWN, ONE, TWO, THREE)]
OTHERS = [*asks(FOREIGN, OTHER_ONE, OTHER_TWO)]

FIRES = {
    "a question of another test": (among(*asks(FOREIGN, ONE), *SIBLINGS, *OTHERS), "grey"),
    "a passage of another test": (among(given(MOONS, ONE), stores(RINGS, ONE), stores(MOONS, OTHER_ONE)), "grey"),
}
QUIET = {
    "its own question": among(*SIBLINGS, *OTHERS),
    "a sibling asks that too": among(*asks(FOREIGN, ONE, TWO), *SIBLINGS, *OTHERS),
    "nobody else asks that": among(*asks(FOREIGN, ONE), *SIBLINGS),
    "two others ask that": among(*asks(FOREIGN, ONE), *SIBLINGS, *OTHERS, *asks(FOREIGN, THIRD)),
    "one test of another function asks that": among(*asks(FOREIGN, ONE), *SIBLINGS, OTHERS[0]),
    "parameters decide what is asked": among(*asks(FOREIGN, ONE), *asks(OWN, TWO, THREE), *OTHERS),
    "there is one sibling": among(*asks(FOREIGN, ONE), *asks(OWN, ONE, TWO), *OTHERS),
    "short questions": among(*asks("Boiling point?", ONE), *SIBLINGS, *asks("Boiling point?", OTHER_ONE, OTHER_TWO)),
    "its own passage": among(given(RINGS, ONE), stores(RINGS, ONE), stores(MOONS, OTHER_ONE)),
    "a passage of a sibling": among(
        given(MOONS, ONE), stores(RINGS, ONE), stores(MOONS, TWO), stores(MOONS, OTHER_ONE)
    ),
    "it stored nothing": among(given(MOONS, ONE), stores(MOONS, OTHER_ONE)),
    "nobody stored that": among(given(MOONS, ONE), stores(RINGS, ONE)),
}
