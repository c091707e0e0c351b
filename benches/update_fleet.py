#!/usr/bin/env python3
"""Measures `plimsoll update --all` over many services in one repository, side by side with a bare loop
that renders, writes and commits the same files, and with `copier update` of one service.

Every service was rendered with production@2026.11, has a comment and an environment variable of its
own, and is moved to production@2026.12. Whole processes in turns; medians with their range.

    cargo build --release --bin plimsoll --example bare_loop
    python3 benches/update_fleet.py                # installs copier into a scratch folder
"""

import argparse
import pathlib
import resource
import shutil
import statistics
import tempfile

from processes import COPIER, ROOT, git, python_with, repository, run, timed

FROM, TO = "production@2026.11", "production@2026.12"
NAME = "service-0000"


def render(plimsoll, folder, name, checklist):
    answers = {"name": name, "image": "registry.example.com/shop/app:1.4.2", "ports.0.port": "8080", "owner.team": "shop",
               "checklist": checklist}
    words = [word for key, value in answers.items() for word in ("--set", f"{key}={value}")]
    run([plimsoll, "new", folder, "--defaults", "--no-commit", *words])


def edited(text):
    """What a person has added by hand."""
    text = text.replace("          env:\n", "          env:\n            # agreed with the payments team\n"
                        "            - name: FEATURE_X\n              value: \"true\"\n", 1)
    assert "FEATURE_X" in text
    return text


def fleet(plimsoll, scratch, count):
    """A repository with services that are all alike but for their names."""
    folder = repository(scratch / f"fleet-{count}")
    for number in range(count):
        # The digests in a lock are those of its texts, so each service is rendered by itself.
        name = f"service-{number:04}"
        target = folder / "services" / name
        render(plimsoll, target, name, FROM)
        path = target / "k8s/deployment.yaml"
        path.write_text(edited(path.read_text()))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    return folder


def templates(plimsoll, scratch):
    """The files of a service after the update, with its name as the one variable."""
    rendered = scratch / "rendered"
    render(plimsoll, rendered, NAME, TO)
    source = scratch / "templates"
    for path in rendered.rglob("*"):
        if path.is_file():
            target = source / path.relative_to(rendered)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text().replace(NAME, "{{ name }}"))
    return source


def copier_update(copier, plimsoll, scratch):
    """A project of one service, made by copier from one version of a template, to be updated to the next."""
    source = repository(scratch / "copier-template")
    for tag, checklist in (("v1.0.0", FROM), ("v2.0.0", TO)):
        rendered = scratch / f"copier-{tag}"
        render(plimsoll, rendered, NAME, checklist)
        for path in rendered.rglob("*.yaml"):
            target = source / path.relative_to(rendered).with_name(path.name + ".jinja")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text())
        (source / "copier.yml").write_text("tag:\n  type: str\n  default: 1.4.2\n")
        (source / "{{ _copier_conf.answers_file }}.jinja").write_text("{{ _copier_answers|to_nice_yaml }}")
        git(source, "add", "-A")
        git(source, "commit", "-qm", tag)
        git(source, "tag", tag)
    project = repository(scratch / "copier-project")
    run([copier, "copy", "--defaults", "--vcs-ref", "v1.0.0", source, project])
    path = project / "k8s/deployment.yaml"
    path.write_text(edited(path.read_text()))
    git(project, "add", "-A")
    git(project, "commit", "-qm", "first")
    return project


def fresh(folder):
    """The same repository, as it was before any update."""
    git(folder, "reset", "-q", "--hard", "origin-state")
    git(folder, "clean", "-qfdx")


def summary(name, times, per):
    low, middle, high = min(times), statistics.median(times), max(times)
    print(f"{name:<34} {middle / per:9.3f} ms a service  ({low / per:.3f} to {high / per:.3f})")
    return middle / per


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--plimsoll", default=ROOT / "target/release/plimsoll")
    options.add_argument("--bare-loop", default=ROOT / "target/release/examples/bare_loop")
    options.add_argument("--copier", help="the copier to compare with; installed if not given")
    options.add_argument("--services", type=int, default=1000)
    options.add_argument("--runs", type=int, default=7)
    given = options.parse_args()
    plimsoll = given.plimsoll
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        copier = given.copier
        if copier is None:
            copier = python_with(scratch / "venv", COPIER) / "copier"
        source = templates(plimsoll, scratch)
        project = copier_update(copier, plimsoll, scratch)
        git(project, "tag", "origin-state")
        results = {}
        for count in (given.services // 4, given.services // 2, given.services):
            folder = fleet(plimsoll, scratch, count)
            git(folder, "tag", "origin-state")
            bare = repository(scratch / f"bare-{count}")
            shutil.copytree(folder / "services", bare / "services")
            git(bare, "add", "-A")
            git(bare, "commit", "-qm", "first")
            git(bare, "tag", "origin-state")
            ours, loops = [], []
            for _ in range(given.runs):
                fresh(folder)
                ours.append(timed([plimsoll, "update", folder / "services", "--all", "--to", TO]))
                fresh(bare)
                loops.append(timed([given.bare_loop, source, bare, str(count)]))
            left = git(folder, "status", "--porcelain")
            assert not left, left
            assert "FEATURE_X" in (folder / "services" / NAME / "k8s/deployment.yaml").read_text()
            results[count] = (summary(f"plimsoll update, {count} services", ours, count), summary(f"bare loop, {count} services", loops, count))
        copies = []
        for _ in range(given.runs):
            fresh(project)
            copies.append(timed([copier, "update", "--defaults", "--skip-answered", "--vcs-ref", "v2.0.0", project]))
        theirs = summary("copier update, 1 service", copies, 1)
        mine, loop = results[given.services]
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"\ncopier update / plimsoll update    {theirs / mine:9.0f} times")
        print(f"plimsoll update / bare loop        {mine / loop:9.2f} times")
        print(f"{given.services} services / a quarter of them  {results[given.services][0] / results[given.services // 4][0]:9.2f} times the cost of each")
        print(f"largest process                    {peak:9.0f} MB")


if __name__ == "__main__":
    main()
