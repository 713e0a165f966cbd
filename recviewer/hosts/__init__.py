"""Code hosts (GitHub, GitLab, Forgejo and Gitea): their webhooks and their API. Independent of the web framework."""
