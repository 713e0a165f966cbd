"""Several repositories on one machine: each an instance of its own, started, looked after and backed up together.

Nothing here opens a data folder, a database or a repository: it starts the processes of each, with its variables and as
its account, and no process gets what belongs to two of them.
"""
