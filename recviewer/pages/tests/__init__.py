"""Tests: the list of them, and each as the conversation of its recordings."""
