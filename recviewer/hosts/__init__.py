"""Code hosts (GitHub, GitLab, Forgejo and Gitea): what they send, what they are asked and told. Knows no web framework."""
