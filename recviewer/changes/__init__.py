"""Which recordings a range of commits touches, which of them belong together, and what became of them."""
