"""The history of one recording, across changes of its file name."""
