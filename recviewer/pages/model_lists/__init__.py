"""What replay answers requests for lists of models with: all of them, and one."""
