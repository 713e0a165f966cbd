"""Several repositories on one machine: each an instance of its own, started, supervised and backed up together.

Nothing here opens a data folder, a database or a repository: it starts the processes of each instance, with its
variables and under its account, and no process gets the data of two instances.
"""
