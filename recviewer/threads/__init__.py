"""The exchanges of one test as conversations. Their order is derived from their contents, as recordings have no times."""
