"""Git, by the name of somebody."""

import subprocess


def git(folder, *words, input=None):
    return subprocess.run(
        ["git", "-c", "user.name=Ana", "-c", "user.email=ana@example.com", *words],
        cwd=folder,
        input=input,
        check=True,
        capture_output=True,
    ).stdout
