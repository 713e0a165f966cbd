"""Tests: the list of them, and each as the conversation that its recordings are."""
