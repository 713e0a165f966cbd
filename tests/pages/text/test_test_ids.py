"""Parameters of a test: what pytest joined by `-` is split where a name of a model is sure to end."""

import pytest

from recviewer.pages.text.test_ids import decoded

MODELS = {"gpt-4o", "gpt-4o-mini", "publishers/google/models/gemini-2.0-flash"}


@pytest.mark.parametrize(
    ("inside", "values"),
    [
        ("openai_client-True-small", ["openai_client", "True", "small"]),
        (
            "openai_client-azure/gpt-4o-azure/gpt-4o-mini-None",
            ["openai_client", "azure/gpt-4o", "azure/gpt-4o-mini", "None"],
        ),
        (
            "client_with_models-vertexai/publishers/google/models/gemini-2.0-flash-sentence-transformers/a-b/embed-v1-None",
            [
                "client_with_models",
                "vertexai/publishers/google/models/gemini-2.0-flash",
                "sentence-transformers/a-b/embed-v1-None",
            ],
        ),
        ("gpt-4o-small", ["gpt-4o-small"]),
        ("openai_client-txt=azure/gpt-4o-True", ["openai_client", "azure", "gpt-4o", "True"]),
    ],
)
def test_names_of_models_stay_whole(inside, values):
    assert [one.value for one in decoded(f"a.py::test_b[{inside}]", MODELS).told] == values
