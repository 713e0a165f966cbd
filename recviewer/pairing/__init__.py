"""Which recording that came is the one that went: pairs of a range, with how sure each is. Knows no web."""
