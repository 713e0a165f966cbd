"""For those who run an instance: what comes from the code host, and how the work for it stands."""
