"""Completions, embeddings, model lists, rerank scores, tools, failures."""

from __future__ import annotations

import base64
import json
import math
import struct

from .wire import (
    AZURE,
    OLLAMA,
    OPENAI,
    REC,
    TOGETHER,
    VLLM,
    Json,
    Scene,
    answered,
    chat,
    failed,
    http,
    pieces,
    post,
    replied,
    single,
    streamed,
    tokens,
    typed,
    user,
)

LLAMA = "llama3.2:3b-instruct-fp16"
QWEN = "Qwen/Qwen3-8B"
INFERENCE = "tests/integration/inference"


def scenes() -> list[Scene]:
    """All recordings of calls that are not a conversation, and of calls that failed."""
    return [
        *completions(),
        *embeddings(),
        *models(),
        rerank(),
        *tools(),
        *failures(),
    ]


def completions() -> list[Scene]:
    """Texts continued, whole and in pieces."""
    path = f"{INFERENCE}/test_completion.py"
    whole = {
        "id": REC,
        "choices": [{"finish_reason": "stop", "index": 0, "logprobs": None, "text": " the first commit.", "seed": 71}],
        "created": 0,
        "model": "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "object": "text.completion",
        "system_fingerprint": None,
        "usage": tokens(9, 5, cached_tokens=0),
        "prompt": [],
    }
    model = whole["model"]
    body = {"model": model, "prompt": "The hardest part of any project is", "max_tokens": 12, "stop": "\n"}
    parts = pieces(" kettle sings, the window fogs,\nnobody asks the build to hurry.")
    stream = []
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        piece = {"finish_reason": "length" if last else "", "index": 0, "logprobs": None, "text": part}
        data = {"id": "", "choices": [piece], "created": 0, "model": QWEN, "object": "text_completion"}
        data |= {"system_fingerprint": "3.3.5-native", "usage": tokens(14, len(parts)) if last else None}
        stream.append(typed("openai.types.completion.Completion", data))
    poem = {"model": QWEN, "prompt": "Finish this two-line poem about a Monday.\nThe", "max_tokens": 15, "stream": True}
    return [
        Scene(
            "inference",
            f"{path}::test_completion[txt=together/llama-3.3-70b]",
            post(TOGETHER, "/v1/completions", body),
            single(typed("openai.types.completion.Completion", whole)),
        ),
        Scene(
            "inference",
            f"{path}::test_completion_streaming[txt=tgi/{QWEN}]",
            post("http://localhost:8080/v1", "/v1/completions", poem),
            streamed(stream),
        ),
    ]


def vector(seed: int, size: int) -> list[float]:
    """Return an invented embedding of length one, from a few waves and some noise, the same on every machine."""
    raw = []
    grain = seed
    for place in range(size):
        grain = (grain * 1103515245 + 12345) % 2**31
        turn = 2 * math.pi * place / size
        wave = math.sin(turn * (2 + seed)) + 0.6 * math.cos(turn * (5 + 2 * seed)) + 0.9 * (grain / 2**31 - 0.5)
        raw.append(wave)
    length = math.sqrt(sum(value * value for value in raw))
    return [round(value / length, 7) for value in raw]


def embeddings() -> list[Scene]:
    """Sentences as vectors: lists of numbers, and packed."""
    path = f"{INFERENCE}/test_embeddings.py"
    kind = "openai.types.create_embedding_response.CreateEmbeddingResponse"
    asked = ["How do I reset my password?", "I forgot my login, what now?", "The soup is cold."]
    data = [
        {"embedding": vector(seed, 64), "index": index, "object": "embedding"} for index, seed in enumerate((1, 1, 4))
    ]
    data[1]["embedding"] = [round(value, 7) for value in nudged(vector(1, 64), vector(6, 64))]
    usage = {"prompt_tokens": 19, "total_tokens": 19}
    small = {"data": data, "model": "text-embedding-3-small", "object": "list", "usage": usage}
    packed = base64.b64encode(struct.pack("<64f", *vector(3, 64))).decode()
    folded = {"data": [{"embedding": packed, "index": 0, "object": "embedding"}], "model": "nomic-embed-text"}
    folded |= {"object": "list", "usage": {"prompt_tokens": 7, "total_tokens": 7}}
    body = {"model": "text-embedding-3-small", "input": asked, "encoding_format": "float", "dimensions": 64}
    tight = {"model": "nomic-embed-text", "input": "A lamp for a small desk", "encoding_format": "base64"}
    embed = {"model": "all-minilm:l6-v2", "created_at": None, "done": None, "done_reason": None, "total_duration": 0}
    embed |= {"load_duration": 0, "prompt_eval_count": 6, "prompt_eval_duration": None, "eval_count": None}
    embed |= {"eval_duration": None, "embeddings": [vector(2, 256)]}
    words = {"model": "all-minilm:l6-v2", "input": ["Release notes for May"]}
    return [
        Scene(
            "inference",
            f"{path}::test_similar_sentences[emb=openai/text-embedding-3-small]",
            post(OPENAI, "/v1/embeddings", body, "2.30.0"),
            single(typed(kind, small)),
        ),
        Scene(
            "inference",
            f"{path}::test_packed[emb=ollama/nomic-embed-text]",
            post(f"{OLLAMA}/v1", "/v1/embeddings", tight, "2.30.0"),
            single(typed(kind, folded)),
        ),
        Scene(
            "vector_io",
            "tests/integration/vector_io/test_insert.py::test_insert_one_file[emb=ollama/all-minilm:l6-v2]",
            post(OLLAMA, "/api/embeddings", words),
            single(typed("ollama._types.EmbedResponse", embed)),
        ),
    ]


def nudged(values: list[float], push: list[float]) -> list[float]:
    """Turn a vector a little, keeping its length."""
    raw = [value + 0.35 * other for value, other in zip(values, push, strict=True)]
    length = math.sqrt(sum(value * value for value in raw))
    return [value / length for value in raw]


def models() -> list[Scene]:
    """Two model lists of one request: which models a server had differed between two runs."""
    first = [("gpt-4o", "system"), ("gpt-4o-mini", "system"), ("text-embedding-3-small", "system")]
    second = [(LLAMA, "library"), ("gpt-oss:20b", "library"), ("all-minilm:l6-v2", "library")]
    return [
        Scene(
            "common",
            None,
            post(base, "/v1/models", {}),
            single(
                [
                    typed(
                        "openai.types.model.Model", {"id": name, "created": day, "object": "model", "owned_by": owner}
                    )
                    for day, (name, owner) in enumerate(names, 1735689600)
                ]
            ),
        )
        for base, names in ((OPENAI, first), (f"{OLLAMA}/v1", second))
    ]


def rerank() -> Scene:
    """Four help pages ranked against a question."""
    pages = [
        "Change the language of the app under Settings, General.",
        "To reset your password, follow the link in the sign-in window.",
        "Passwords need at least twelve characters.",
        "Invoices are sent on the first working day of each month.",
    ]
    test = f"{INFERENCE}/test_rerank.py::test_best_page_first[rerank=vllm/Qwen/Qwen3-Reranker-0.6B]"
    model = "Qwen/Qwen3-Reranker-0.6B"
    ranked = ((1, 0.9871039390563965), (2, 0.6144199967384338), (0, 0.0219270214438438), (3, 0.0012503491016104817))
    results = [
        {"index": place, "document": {"text": pages[place], "multi_modal": None}, "relevance_score": score}
        for place, score in ranked
    ]
    body = {"id": "rerank-5c1f0e9ab7d24e31", "model": model, "usage": {"prompt_tokens": 71, "total_tokens": 71}}
    payload = {"model": model, "query": "I cannot sign in any more", "documents": pages}
    url = "http://localhost:8000/rerank"
    return Scene("inference", test, http(test, url, payload), replied(body | {"results": results}))


def tools() -> list[Scene]:
    """What a web search found, and what a document was cut into."""
    search = "tests/integration/tool_runtime/test_web_search.py::test_search[provider=tavily]"
    query = "bees how far do they fly from the hive"
    found = [
        {
            "url": "https://example.org/beekeeping/foraging-range",
            "title": "How far do honey bees forage?",
            "content": "Most foragers stay within two kilometres; in lean weeks some fly more than eight.",
            "score": 0.96371,
            "raw_content": None,
        },
        {
            "url": "https://example.com/garden/bees",
            "title": "Plants for bees, month by month",
            "content": "A garden with flowers from March to October spares the colony long flights.",
            "score": 0.71802,
            "raw_content": None,
        },
    ]
    answer = {"content": json.dumps({"query": query, "top_k": found}), "error_message": None, "error_code": None}
    invoked = {"test_id": search, "provider": "tavily", "tool_name": "web_search", "kwargs": {"query": query}}
    cut = "tests/integration/files/test_processing.py::test_document_is_cut_into_chunks[txt=openai/gpt-4o]"
    return [
        Scene(
            "tool_runtime",
            search,
            invoked,
            single(typed("ogx_api.tools.ToolInvocationResult", answer | {"metadata": None})),
        ),
        Scene(
            "files",
            cut,
            {"test_id": cut, "provider": "pypdf", "api": "file_processors", "file_id": "file-440918273645"},
            single(typed("llama_stack_api.file_processors.models.ProcessFileResponse", processed())),
        ),
    ]


def processed() -> dict[str, Json]:
    """Write the chunks of a two-page document."""
    texts = (
        "Welcome pack\nYour first week\nMonday is for keys, a laptop and lunch with your team. Nobody expects code.",
        "Your first month\nPick a small bug, fix it with someone, and show it on Friday. Note what was confusing.",
    )
    document = "0b2d7a1e-66c4-4f0b-8a3e-000000000440"
    chunks = []
    for place, text in enumerate(texts):
        name = f"7e1f0000-0000-4000-8000-00000000000{place}"
        facts = {"document_id": document, "filename": "welcome.pdf", "page_count": 2, "title": "Welcome pack"}
        facts |= {"file_id": "file-440918273645", "chunk_id": name, "token_count": 26 + place}
        window = {
            "chunk_id": name,
            "document_id": document,
            "source": None,
            "chunk_window": f"{26 * place}-{26 + 27 * place}",
        }
        chunks.append({"content": text, "chunk_id": name, "metadata": facts, "chunk_metadata": window})
    about = {"processor": "pypdf", "processing_time_ms": 38, "page_count": 2, "extraction_method": "pypdf"}
    return {"chunks": chunks, "metadata": about | {"file_size_bytes": 20411, "title": "Welcome pack"}}


def failures() -> list[Scene]:
    """Calls that raised an exception, and a recording whose request was edited after it was named."""
    image = [
        {"type": "text", "text": "What is on this receipt?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,not-a-picture", "detail": "auto"}},
    ]
    reason = {"code": "BadRequest", "message": "The image could not be decoded.", "param": None, "type": None}
    bad = {
        "category": "provider_sdk",
        "provider": "openai",
        "type": "BadRequestError",
        "message": f"Error code: 400 - {{'error': {reason}}}",
        "status_code": 400,
        "body": reason,
    }
    down = {"category": "unknown", "type": "APIConnectionError", "message": "Connection error."}
    receipt = chat(AZURE, "gpt-4o", [user(image)], stream=True, stream_options={"include_usage": True})
    batch = chat(VLLM, QWEN, [user("Translate 'see you on Monday' into Finnish.")], max_tokens=32)
    renamed = chat(OPENAI, "gpt-4o", [user("What is the support address of Foldworks?")], stream=False)
    message = {"content": "Write to help@foldworks.example; they answer within a day."}
    return [
        Scene(
            "responses",
            "tests/integration/responses/test_errors.py::test_broken_image_is_reported[vis=azure/gpt-4o]",
            receipt,
            failed(bad),
        ),
        Scene(
            "batches",
            f"tests/integration/batches/test_batches.py::TestBatches::test_server_is_down[txt=vllm/{QWEN}]",
            batch,
            failed(down),
        ),
        Scene(
            "responses",
            "tests/integration/responses/test_branding.py::test_support_address[txt=openai/gpt-4o]",
            renamed,
            answered("gpt-4o-2024-11-20", message, tokens(17, 13)),
            edit=("What is the support address of Foldworks?", "What is the support address of Papercrane?"),
        ),
    ]
