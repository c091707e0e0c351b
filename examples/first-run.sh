#!/bin/sh
# Renders the example service into a throw-away repository, commits it, and shows the commit.
# PLIMSOLL names a built binary; without it cargo builds and runs one.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
repository=$(mktemp -d)
git init --quiet "$repository"
git -C "$repository" config user.name "First Run"
git -C "$repository" config user.email first-run@example.com

plimsoll() {
  if [ -n "${PLIMSOLL:-}" ]; then
    "$PLIMSOLL" "$@"
  else
    cargo run --quiet --manifest-path "$root/Cargo.toml" -- "$@"
  fi
}

plimsoll new "$repository/checkout" --values "$root/examples/checkout.yaml"
git -C "$repository" --no-pager show --stat
echo "The repository stays in $repository"
