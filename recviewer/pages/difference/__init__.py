"""The difference between two recordings of a call, or one recording without a counterpart."""
