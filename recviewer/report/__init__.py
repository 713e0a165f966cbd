"""The report on a range in every form: JSON, Markdown, a page, a status. Knows no web."""
