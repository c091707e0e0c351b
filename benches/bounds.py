#!/usr/bin/env python3
"""What twice the input costs: the ratio of time on a processor and of memory, for inputs of each kind that
somebody hostile may give, each within 1.2 GB of address space.

A kind is linear where twice of it takes about twice as long, and refused where `check` names a limit. Each
size is run three times, and the shortest run counts.

    cargo build --release
    python3 benches/bounds.py                       # or: --binary target/debug/plimsoll
"""

import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

from processes import ROOT

ADDRESS_SPACE = 1_200_000 * 1024
HEAD = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\nspec:\n"
POD = HEAD + "  selector: { matchLabels: { app: x } }\n  template:\n    metadata: { labels: { app: x } }\n    spec:\n"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n"


def workload(number, label):
    return (
        f"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: d{number} }}\nspec:\n"
        f"  selector: {{ matchLabels: {{ app: {label} }} }}\n  template:\n    metadata: {{ labels: {{ app: {label} }} }}\n"
        "    spec: { containers: [{ name: a, image: r.example.com/a:1 }] }\n"
    )


def around(number, label):
    return (
        f"---\napiVersion: v1\nkind: Service\nmetadata: {{ name: s{number} }}\nspec: {{ selector: {{ app: {label} }} }}\n"
        f"---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{ name: b{number} }}\n"
        f"spec: {{ maxUnavailable: 1, selector: {{ matchLabels: {{ app: {label} }} }} }}\n"
        f"---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{ name: h{number} }}\n"
        f"spec: {{ minReplicas: 2, maxReplicas: 4, scaleTargetRef: {{ apiVersion: apps/v1, kind: Deployment, name: d{number} }} }}\n"
    )


def nested_anchors(size):
    opening, closing = "".join(f"&a{level} [" for level in range(60)), "]" * 60
    return MAP + f"data: {{ a: {opening}{'x' * size}{closing} }}\n"


# By name: how large it is first, and the text of a size.
KINDS = {
    "containers of a Pod": (5_000, lambda n: POD + "      containers:\n" + "".join(
        f"        - {{ name: c{i}, image: r.example.com/a:1 }}\n" for i in range(n))),
    "items of a list": (100_000, lambda n: POD + "      containers:\n        - name: a\n          image: b\n          args:\n"
                        + "".join(f"            - a{i}\n" for i in range(n))),
    "keys of a map": (150_000, lambda n: MAP + "data:\n" + "".join(f"  k{i}: v\n" for i in range(n))),
    "keys of a map, each twice": (75_000, lambda n: MAP + "data:\n" + "".join(f"  k{i}: v\n" for i in range(n)) * 2),
    "environment of a container": (20_000, lambda n: POD + "      containers:\n        - name: a\n          image: b\n          env:\n"
                                   + "".join(f"            - {{ name: E{i}, value: v{i} }}\n" for i in range(n))),
    "documents": (10_000, lambda n: "".join(f"---\n{MAP}data: {{ a: b{i} }}\n" for i in range(n))),
    "documents behind one that is no YAML": (10_000, lambda n: "a: [\n" + "".join(f"---\n{MAP}data: {{ a: b{i} }}\n" for i in range(n))),
    "comments": (200_000, lambda n: MAP + "# comment\n" * n + "data: { a: b }\n"),
    "one long line": (2_000_000, lambda n: MAP + f"data: {{ a: {'x' * n} }}\n"),
    "one long quoted line": (2_000_000, lambda n: MAP + 'data: { a: "' + "x " * (n // 2) + '" }\n'),
    "one long block": (100_000, lambda n: MAP + "data:\n  a: |\n" + "    a line of text\n" * n),
    "blank lines of a block": (500_000, lambda n: MAP + "data:\n  a: |+\n    x\n" + "\n" * n),
    "empty blocks": (50_000, lambda n: MAP + "data:\n" + "".join(f"  k{i}: |\n" for i in range(n))),
    "empty items": (100_000, lambda n: MAP + "data:\n  a:\n" + "    -\n" * n),
    "brackets in each other": (20_000, lambda n: MAP + "data: { a: [" + "[[[[a]]]]," * n + "] }\n"),
    "anchors in each other": (500_000, nested_anchors),
    "aliases": (5_000, lambda n: MAP + "x: &x { a: b, c: d }\ndata:\n" + "".join(f"  k{i}: *x\n" for i in range(n))),
    "merge keys of a large map": (2_500, lambda n: MAP + "x: &x {" + ", ".join(f"k{i}: v" for i in range(n)) + "}\ndata: { <<: *x, z: y }\n"),
    "objects that select their own": (1_000, lambda n: "".join(workload(i, f"l{i}") + around(i, f"l{i}") for i in range(n))),
    "objects that all select each other": (1_000, lambda n: "".join(workload(i, "x") + around(i, "x") for i in range(n))),
    "selectors without a label": (1_000, lambda n: "".join(workload(i, "x") for i in range(n)) + "".join(
        f"---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{ name: b{i} }}\n"
        "spec: { maxUnavailable: 1, selector: { matchExpressions: [{ key: app, operator: Exists }] } }\n" for i in range(n))),
    "monitors and services": (1_000, lambda n: "".join(
        f"---\napiVersion: v1\nkind: Service\nmetadata: {{ name: s{i}, labels: {{ app: x }} }}\nspec: {{ selector: {{ app: y{i} }} }}\n"
        f"---\napiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {{ name: m{i} }}\n"
        "spec: { selector: { matchLabels: { app: x } } }\n" for i in range(n))),
    "a quota and its workloads": (2_000, lambda n: "apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: q }\nspec: { hard: { pods: 1 } }\n"
                                  + "".join(workload(i, f"l{i}") for i in range(n))),
    "values at the limit": (245_000, lambda n: MAP + "data: { a: [" + "a," * n + "] }\n"),
}


def bounded():
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


def run(binary, path):
    """Seconds on a processor, the most memory in MB, and the limits that were hit."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        command = [str(binary), "check", str(path), "--format", "json"]
        process = subprocess.Popen(command, stdout=out, stderr=err, preexec_fn=bounded)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode not in (0, 1, 2):
            sys.exit(f"{path}: exit {process.returncode}: {err.read().decode()[:500]}")
        report = json.loads(out.read())
    limits = sorted({finding["limit"] for finding in report["findings"] if "limit" in finding})
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, limits


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--binary", type=pathlib.Path, default=ROOT / "target/release/plimsoll")
    arguments.add_argument("--only", default="")
    arguments.add_argument("--turns", type=int, default=3)
    given = arguments.parse_args()
    print("| input | size | time for twice | memory for twice | most memory | limits |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, (size, text) in KINDS.items():
            if given.only not in name:
                continue
            measured = []
            for factor in (1, 2):
                path = pathlib.Path(folder) / f"{factor}.yaml"
                path.write_text(text(size * factor))
                measured.append(min(run(given.binary, path) for _ in range(given.turns)))
            (once, small, _), (twice, large, limits) = measured
            print(f"| {name} | {2 * size:,} | {twice / once:.2f} | {large / small:.2f} | {large:.0f} MB | {', '.join(limits)} |", flush=True)


if __name__ == "__main__":
    main()
