"""One rule per module, as `RULE`. Rules do not import each other; shared code is in the parent package."""
