"""Cases of the rule odd-figures."""

import math

from tests.smells.building import changed, chat, recorded, with_each
from tests.trees import id_of


def counting(asked, answered, total, **more):
    usage = {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": total}
    return with_each(chat(**more), lambda chunk: chunk["__data__"].update(usage=usage))


def vectors(*values):
    request = {"method": "POST", "url": "https://api.acme.example/v1/embeddings", "body": {"input": "a"}}
    request |= {"endpoint": "/v1/embeddings", "model": "embed-1"}
    data = {
        "object": "list",
        "data": [{"object": "embedding", "index": at, "embedding": one} for at, one in enumerate(values)],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }
    body = {"__type__": "openai.types.create_embedding_response.CreateEmbeddingResponse", "__data__": data}
    return {"test_id": id_of(), "request": request, "response": {"body": body, "is_streaming": False}}


FIRES = {
    "a total below its parts": (recorded(counting(12, 3, 10)), "amber"),
    "a count below zero": (recorded(counting(12, -1, 11)), "amber"),
    "words of no tokens": (recorded(counting(12, 0, 12)), "amber"),
    "a vector of zeros": (recorded(vectors([0.0, 0.0])), "amber"),
    "a vector of no numbers": (recorded(vectors([0.5, math.nan])), "amber"),
    "vectors of several lengths": (recorded(vectors([0.5, 0.1], [0.5])), "amber"),
    "right before": (changed(counting(1, 1, 2), counting(2, 2, 2)), "amber"),
}
QUIET = {
    "they add up": recorded(counting(12, 3, 15)),
    "thinking counts too": recorded(counting(12, 3, 90)),
    "no words of no tokens": recorded(counting(12, 0, 12, answer="")),
    "none": recorded(chat()),
    "vectors": recorded(vectors([0.5, 0.1], [0.2, 0.0])),
    "vectors of which some are binary": recorded(vectors([0.5] * 16, [7, 9])),
    "so before": changed(counting(2, 2, 2), counting(3, 3, 3)),
}
