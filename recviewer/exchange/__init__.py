"""The neutral model of an exchange, and what can be said of it without knowing its wire format."""
