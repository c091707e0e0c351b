"""What the benchmarks share: whole processes, run and timed, and small repositories."""

import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPIER = "copier==9.19.1"


def run(command, **options):
    """What a command prints; the benchmark ends if it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def timed(command):
    """How long a command takes, in milliseconds."""
    start = time.perf_counter()
    run(command)
    return (time.perf_counter() - start) * 1000


def git(folder, *words):
    return run(["git", "-C", folder, *words])


def repository(folder):
    """A repository whose commits have an author."""
    run(["git", "init", "-q", folder])
    git(folder, "config", "user.name", "Bench")
    git(folder, "config", "user.email", "bench@example.com")
    git(folder, "config", "gc.auto", "0")
    return folder


def python_with(folder, package):
    """The folder of the programs of a new virtual environment that holds a package."""
    run([sys.executable, "-m", "venv", folder])
    run([folder / "bin/pip", "install", "-q", package])
    return folder / "bin"
