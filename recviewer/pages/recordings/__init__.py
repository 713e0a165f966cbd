"""Many recordings: the list, the queue, and decisions on a whole list."""
