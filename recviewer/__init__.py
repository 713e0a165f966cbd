"""Browse, review and curate recorded LLM API exchanges."""

__version__ = "0.1.0"
