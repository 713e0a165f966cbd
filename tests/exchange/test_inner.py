"""The sentence inside of a failure."""

import pytest

from recviewer.exchange.inner import LONGEST, inner_message


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        (
            "Error code: 400 - {'error': {'message': 'no such model', 'type': 'invalid', 'param': None}}",
            "no such model",
        ),
        ('{"error": {"message": "{\\"error\\": {\\"message\\": \\"twice\\"}}"}}', "twice"),
        ('Error code: 400 - {\'error\': {\'message\': \'{"error":{"message":"both","param":null}}\'}}', "both"),
        ("Error code: 400 - {'message': '400 outer', 'error': {'message': 'outer'}}", "outer"),
        ('[{"error": {"code": 400, "message": "in a list"}}]', "in a list"),
        ("{'error': 'a word'}", "a word"),
    ],
)
def test_the_innermost_message_is_told(text, inner):
    assert inner_message(text) == inner


@pytest.mark.parametrize(
    "text",
    [
        "plain words",
        "use {braces} here",
        "see {'code': 5}",
        "{'error': {'message': ''}}",
        "{'error': {'message': 5}}",
        "cut {'error': {'message': 'short",
        "{'error': __import__('os').getcwd()}",
        "{" * 400,
        "{'a': " + "[" * 150 + "]" * 150 + "}",
        "{" + "-" * 15_000 + "1}",
        "{'error': '" + "x" * LONGEST + "'}",
        "",
    ],
)
def test_what_holds_none_stays(text):
    assert inner_message(text) == text
