"""The report on a range in every output format: JSON, Markdown, HTML, commit status. Knows no web."""
