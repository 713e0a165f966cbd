"""Cases of the rule odd-type."""

from tests.smells.building import changed, chat, recorded, with_each


def of_type(name, **more):
    return with_each(chat(**more), lambda chunk: chunk.update(__type__=name))


ODD = of_type("evil.module.ChatCompletionChunk")

FIRES = {
    "in the place of another": (changed(chat(), ODD), "red"),
    "of a new recording": (recorded(ODD), "red"),
    "a package that is gone": (recorded(of_type("llama_stack.apis.tools.ToolInvocationResult")), "amber"),
    "a package whose name only begins so": (recorded(of_type("openai_evil.ChatCompletionChunk")), "red"),
}
QUIET = {
    "a type that is no text": changed(chat(), of_type({"a": 1})),
    "types of which some are no texts": changed(chat(), of_type([{"a": 1}, ["b"], None, 1])),
    "what recorders write": changed(chat(), of_type("litellm.types.utils.ModelResponseStream")),
    "as odd before": changed(ODD, of_type("evil.module.ChatCompletionChunk", answer="Other.")),
}
