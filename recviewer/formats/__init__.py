"""From a recording's document to the neutral model. Knows every wire format; knows nothing of files, git or the web."""
