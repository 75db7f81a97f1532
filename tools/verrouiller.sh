#!/usr/bin/env bash
# Locks every package with its hashes, so that a clone made in a year installs the same ones.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p requirements
for mode in production dev; do
    extras=(--extra rapide)
    [ "$mode" = dev ] && extras+=(--extra dev)
    .venv/bin/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
        --no-emit-find-links --no-header --build-deps-for editable "${extras[@]}" \
        -o "requirements/$mode.lock" pyproject.toml
done
