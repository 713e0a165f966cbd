"""Cases of the rule other-model."""

from tests.smells.building import changed, chat, recorded, with_each


def answering(asked, came, **more):
    return with_each(chat(model=asked, **more), lambda chunk: chunk["__data__"].update(model=came))


OTHER = answering("grok-4-fast", "grok-4.3")
SAME = (
    ("gpt-4o", "gpt-4o-2024-08-06"),
    ("gpt-4", "gpt-4-0613"),
    ("gpt-4-vision-preview", "gpt-4-1106-vision-preview"),
    ("models/gemini-2.0-flash", "gemini-2.0-flash"),
    ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5-20251001"),
    ("databricks-meta-llama-3-3-70b-instruct", "meta-llama-3.3-70b-instruct-121024"),
    ("claude-sonnet-4-0", "claude-sonnet-4-20250514"),
    ("claude-3-5-haiku-latest", "claude-3-5-haiku-20241022"),
    ("davinci-002", "davinci:2023-07-21-v2"),
    ("deepseek-reasoner", "deepseek-v4-flash"),
    ("my-deployment", "gpt-4.1-mini"),
    ("moonshotai/Kimi-K2-Instruct-0905:groq", "moonshotai/kimi-k2-instruct-0905"),
    ("/models/Qwen2.5-VL-7B-Instruct-Q4_K_M.gguf", "Qwen2.5-VL-7B-Instruct-Q4_K_M"),
)

FIRES = {
    "another version": (recorded(OTHER), "amber"),
    "another family": (recorded(answering("pixtral-12b", "ministral-14b-latest")), "amber"),
    "since now": (changed(answering("grok-4-fast", "grok-4-fast"), OTHER), "amber"),
}
QUIET = {
    **{f"{asked} is {came}": recorded(answering(asked, came)) for asked, came in SAME},
    "none is reported": recorded(chat()),
    "its owner gave the name": recorded(answering("gpt-35", "gpt-4.1", host="mine.openai.azure.com")),
    "before too": changed(OTHER, answering("grok-4-fast", "grok-4.3", answer="Mars.")),
}
