"""Which recordings a run of a test suite reads: watching a run, storing it, and combining several."""
