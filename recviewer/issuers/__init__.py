"""Who somebody is, asked of GitHub or of an OpenID Connect issuer. Knows no web framework."""
