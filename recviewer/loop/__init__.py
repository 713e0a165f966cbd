"""The loop with the code host: what it says is fetched and worked out, and what people decide is told to it."""
