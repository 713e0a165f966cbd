"""The command line of a recviewer elsewhere (`recviewer --server URL`). Needs neither Django nor a database."""
