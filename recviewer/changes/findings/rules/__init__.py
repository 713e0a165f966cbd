"""One rule a module, as `RULE`."""
