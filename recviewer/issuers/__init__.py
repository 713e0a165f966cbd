"""The identity of a user, according to GitHub or an OpenID Connect issuer. Independent of the web framework."""
