"""For operators: webhooks of the code host, and the state of the work for it."""
