#!/usr/bin/env bash
# Runs the checks that execute no code: style, form, types, and which room imports which. Reports all of them.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
check() {
  echo "== $*"
  ".venv/bin/$1" "${@:2}" || failed=1
}

check ruff check --quiet .
check ruff format --check --quiet .
check mypy
check lint-imports --no-logo
exit "$failed"
