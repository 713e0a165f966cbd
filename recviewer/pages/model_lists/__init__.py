"""How replay answers requests for lists of models: all requests, and one."""
