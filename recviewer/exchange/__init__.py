"""The neutral model of an exchange, and operations on it that do not depend on a wire format."""
