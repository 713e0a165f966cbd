"""Many recordings at once: the list, the queue, everything in a list decided in one act."""
