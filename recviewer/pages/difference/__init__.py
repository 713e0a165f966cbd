"""Two recordings of a call beside each other, or one that stands alone."""
