#!/usr/bin/env python3
"""Compares `plimsoll check` with kubeconform and checkov on the same manifests, as whole processes.

Plimsoll parses the files, relates the objects and holds them against the checklist; kubeconform
validates them against the schemas of Kubernetes; checkov runs its own policies. The manifests are what
`plimsoll new` writes for 500, 1,000 and 2,000 services with six files each. Runs of Plimsoll and
kubeconform alternate, so that a disturbance hits both; checkov runs once. Prints medians with their
range, the ratios of the medians, and the most memory that a process held; on a machine that is busy
otherwise, the times on a processor tell more than those on the clock.

    cargo build --release
    python3 benches/check_vs_peers.py         # installs what is not given; needs Go and a network
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from processes import ROOT, python_with, run

KUBECONFORM = "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0"
CHECKOV = "checkov==3.3.30"
SCHEMAS = "kubernetes-validate==1.37.0"
KUBERNETES = "1.37.0"
FILES = ("deployment", "hpa", "networkpolicy", "pdb", "service", "serviceaccount")
SERVICE = """\
name: checkout
image: registry.example.com/shop/checkout:1.4.2
ports:
  - port: 8080
owner: { team: shop, contact: "#shop", runbook: https://wiki.example.com/checkout }
"""


def timed(command, codes):
    """Seconds, those of them on a processor, and the most memory in MB; what is printed goes nowhere."""
    start = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    process.returncode = code
    if code not in codes:
        sys.exit(f"{command}: exit {code}")
    return taken, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def manifests(folder, plimsoll, counts):
    """For each count a folder with so many services, and the number of files of one."""
    (folder / "service.yaml").write_text(SERVICE)
    run([plimsoll, "new", folder / "rendered", "--values", folder / "service.yaml", "--no-commit"])
    texts = {path.name: path.read_text() for path in sorted((folder / "rendered/k8s").iterdir())}
    if tuple(pathlib.PurePath(name).stem for name in texts) != FILES:
        sys.exit(f"other files than {FILES}: {list(texts)}")
    for count in counts:
        for number in range(count):
            service = folder / f"services-{count}" / f"svc-{number:04}"
            service.mkdir(parents=True)
            for name, text in texts.items():
                (service / name).write_text(text.replace("checkout", service.name))


def standalone(schema, definitions, inside=()):
    """A schema with every reference replaced by what it refers to, which is what kubeconform reads fastest."""
    if isinstance(schema, list):
        return [standalone(part, definitions, inside) for part in schema]
    if not isinstance(schema, dict):
        return schema
    target = schema.get("$ref")
    if isinstance(target, str):
        name = target.rsplit("/", 1)[1]
        return {} if name in inside else standalone(definitions[name], definitions, (*inside, name))
    return {key: standalone(part, definitions, inside) for key, part in schema.items() if not (key == "$id" and isinstance(part, str))}


def schemas(folder, python):
    """Stand-alone schemas of the kinds that are checked, in kubeconform's layout."""
    where = run([python / "python", "-c", "import kubernetes_validate; print(kubernetes_validate.__path__[0])"]).strip()
    source = pathlib.Path(where) / "kubernetes-json-schema" / f"v{KUBERNETES}-local"
    definitions = json.loads((source / "_definitions.json").read_text())
    definitions = definitions.get("$defs") or definitions["definitions"]
    target = folder / f"v{KUBERNETES}-standalone"
    target.mkdir(parents=True)
    kinds = ("deployment-apps-v1", "horizontalpodautoscaler-autoscaling-v2", "networkpolicy-networking-v1")
    for kind in (*kinds, "poddisruptionbudget-policy-v1", "service-v1", "serviceaccount-v1"):
        schema = standalone(json.loads((source / f"{kind}.json").read_text()), definitions)
        (target / f"{kind}.json").write_text(json.dumps(schema))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--plimsoll", default=ROOT / "target/release/plimsoll", type=pathlib.Path)
    options.add_argument("--kubeconform", type=pathlib.Path, help="built if not given")
    options.add_argument("--checkov", type=pathlib.Path, help="installed if not given")
    options.add_argument("--no-checkov", action="store_true")
    options.add_argument("--runs", type=int, default=11)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        counts = (500, 1000, 2000)
        manifests(scratch, given.plimsoll, counts)
        kubeconform = given.kubeconform
        if kubeconform is None:
            run(["go", "install", KUBECONFORM], env={**os.environ, "GOBIN": str(scratch / "bin")})
            kubeconform = scratch / "bin/kubeconform"
        schemas(scratch / "schemas", python_with(scratch / "schemas-env", SCHEMAS))
        location = f"{scratch}/schemas/v{KUBERNETES}-standalone/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
        commands = {}
        for count in counts:
            folder = scratch / f"services-{count}"
            commands["plimsoll", count] = [given.plimsoll, "check", folder, "--tier", "2"]
        theirs = [kubeconform, "-kubernetes-version", KUBERNETES, "-schema-location", location, "-summary"]
        commands["kubeconform", 1000] = [*theirs, scratch / "services-1000"]
        times, busy, memory = ({name: [] for name in commands} for _ in range(3))
        for turn in range(given.runs + 1):
            for name, command in commands.items():
                measured = timed(command, {0})
                if turn > 0:  # the first turn warms the caches
                    for kept, value in zip((times, busy, memory), measured):
                        kept[name].append(value)
        if not given.no_checkov:
            checkov = given.checkov or python_with(scratch / "checkov-env", CHECKOV) / "checkov"
            command = [checkov, "--framework", "kubernetes", "--compact", "--quiet", "-d", scratch / "services-1000"]
            for kept, value in zip((times, busy, memory), timed(command, {0, 1})):
                kept["checkov", 1000] = [value]
        for (program, count), taken in times.items():
            name = program, count
            clock = f"{statistics.median(taken):8.3f} s [{min(taken):.3f}..{max(taken):.3f}]"
            cpu = f"{statistics.median(busy[name]):8.3f} s on a processor"
            print(f"{program:12}{count * len(FILES):6} files {clock} {cpu} {max(memory[name]):6.0f} MB  n={len(taken)}")
        ours = "plimsoll", 1000
        for theirs in (("kubeconform", 1000), ("checkov", 1000)):
            if theirs in times:
                clock, cpu = (statistics.median(kept[theirs]) / statistics.median(kept[ours]) for kept in (times, busy))
                print(f"{theirs[0]} takes {clock:.1f} times as long, and {cpu:.1f} times the processor")
        for count in counts:
            share = statistics.median(busy["plimsoll", count]) / count / (statistics.median(busy[ours]) / 1000)
            print(f"processor time for each file at {count * len(FILES)}: {share:.2f} of that at 6000")


if __name__ == "__main__":
    main()
