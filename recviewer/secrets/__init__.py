"""Secrets in what was recorded: which there are, and what is shown in their place. Nothing of one leaves the product."""
