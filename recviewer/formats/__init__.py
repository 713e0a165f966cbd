"""From a recording's bytes to the neutral model. Knows every wire format; knows nothing of files, git or the web."""
