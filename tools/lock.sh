#!/usr/bin/env bash
# Writes requirements/*.txt anew from pyproject.toml: every version pinned and hashed, no index address in them.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() { # compile OUTPUT ARGUMENTS… : one requirements file
  local output=$1
  shift
  .venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --universal \
    --python-version 3.11 --custom-compile-command "make lock" --output-file "$output" "$@"
}

# The widest set is resolved first and binds the others, so a package has one version in all three.
compile requirements/dev.txt pyproject.toml --group dev
compile requirements/runtime.txt pyproject.toml --constraint requirements/dev.txt
compile requirements/bench.txt pyproject.toml --group bench --constraint requirements/dev.txt
compile requirements/docs.txt pyproject.toml --group docs --constraint requirements/dev.txt
compile requirements/build.txt --group build --constraint requirements/dev.txt

.venv/bin/python -m tools.third_party
