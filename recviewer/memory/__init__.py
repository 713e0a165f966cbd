"""What one process keeps worked out, because it took long: reports on ranges, lineages, blobs."""
