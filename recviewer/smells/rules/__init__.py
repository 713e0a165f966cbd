"""One rule a module, as `RULE`. A rule imports no other; what two share stands beside this folder."""
