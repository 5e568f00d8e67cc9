#!/usr/bin/env bash
# Runs everything that a change must pass, after installing what the run needs; arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."

bash tools/setup.sh dev

# What pip cannot bring comes from the distribution when we may install it; else its tests say that it is missing.
for program in chromium postgresql; do
  if ! .venv/bin/python -m tests.support.programs "$program" && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $program with apt-get."
    apt-get update -qq || echo "apt-get could not update its lists."
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$program" >/dev/null ||
      echo "apt-get could not install $program."
  fi
done

lint=0
bash tools/lint.sh || lint=$?
tests=0
.venv/bin/pytest --numprocesses 2 --dist loadgroup "$@" || tests=$?

if [ "$lint" != 0 ]; then echo "The checks before the tests failed; their messages are above the tests." >&2; fi
if [ "$tests" != 0 ]; then exit "$tests"; fi
exit "$lint"
