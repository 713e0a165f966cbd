"""Caches of what takes long to compute: reports on ranges, lineages, blobs."""
