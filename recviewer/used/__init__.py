"""Which recordings a run of a test suite really reads: watching it, what is kept, and what several say together."""
