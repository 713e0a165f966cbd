"""What surrounds every page: frame, errors, response headers, signing in, health."""
