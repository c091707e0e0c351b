#!/usr/bin/env python3
"""Compares `plimsoll new` with `copier copy` of the same files, as whole processes, side by side.

Plimsoll reads the answers, decides, renders, validates against the Kubernetes types, writes and
commits; copier renders and writes. Runs alternate, so that a disturbance hits both. Prints medians
with their range, and the ratio of the medians.

    cargo build --release
    python3 benches/new_vs_copier.py --copier PATH        # or without --copier: installs one
"""

import argparse
import pathlib
import statistics
import tempfile

from processes import COPIER, ROOT, git, python_with, repository, run, timed



def template(folder, plimsoll, values):
    """The files that Plimsoll writes, as a copier template that asks for name, image and port."""
    rendered = folder / "rendered"
    run([plimsoll, "new", rendered, "--values", values, "--no-commit"])
    source = folder / "template"
    for path in rendered.rglob("*"):
        if path.is_file():
            text = path.read_text().replace("checkout:1.4.2", "checkout:{{ tag }}").replace("8080", "{{ port }}")
            target = source / path.relative_to(rendered).with_name(path.name + ".jinja")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    (source / "copier.yml").write_text("tag:\n  type: str\n  default: 1.4.2\nport:\n  type: int\n  default: 8080\n")
    repository(source)
    git(source, "add", "-A")
    git(source, "commit", "-qm", "template")
    git(source, "tag", "v1.0.0")
    return source


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--plimsoll", default=ROOT / "target/release/plimsoll")
    options.add_argument("--copier", help="the copier to compare with; installed if not given")
    options.add_argument("--runs", type=int, default=25)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        copier = given.copier
        if copier is None:
            copier = python_with(scratch / "venv", COPIER) / "copier"
        values = scratch / "values.yaml"
        values.write_text("name: checkout\nimage: registry.example.com/shop/checkout:1.4.2\nports:\n  - port: 8080\n")
        source = template(scratch, given.plimsoll, values)
        times = {"plimsoll new": [], "copier copy": []}
        for turn in range(given.runs + 1):
            ours = repository(scratch / f"ours-{turn}")
            theirs = repository(scratch / f"theirs-{turn}")
            ours_ms = timed([given.plimsoll, "new", ours, "--values", values])
            theirs_ms = timed([copier, "copy", "--defaults", "-q", source, theirs])
            if turn > 0:  # the first turn warms the caches
                times["plimsoll new"].append(ours_ms)
                times["copier copy"].append(theirs_ms)
        for name, taken in times.items():
            print(f"{name:14} {statistics.median(taken):8.2f} ms [{min(taken):.2f}..{max(taken):.2f}]  n={len(taken)}")
        ratio = statistics.median(times["copier copy"]) / statistics.median(times["plimsoll new"])
        print(f"ratio          {ratio:8.1f}")


if __name__ == "__main__":
    main()
