#!/usr/bin/env bash
# Builds .venv with Trellis and the packages it needs (`setup.sh`), those of the test run too (`setup.sh dev`), those
# of the yardstick as well (`setup.sh bench`), or those that build the documentation (`setup.sh docs`).
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=${1:-runtime}
case $wanted in
  runtime) requirements=(requirements/runtime.txt requirements/build.txt) ;;
  dev) requirements=(requirements/dev.txt) ;;
  bench) requirements=(requirements/bench.txt) ;;
  docs) requirements=(requirements/docs.txt) ;;
  *) echo "setup.sh knows the sets 'runtime', 'dev', 'bench' and 'docs', not '$wanted'." >&2; exit 2 ;;
esac

fail() { echo "Trellis cannot be set up: $*" >&2; exit 1; }

is_root_on_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

apt_install() {
  echo "Installing $* with apt-get."
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

find_python() { # prints the first Python that is new enough
  local candidate
  for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

find_pip() { # sets `pip` to the words that install into .venv: with its own pip, or with one outside it
  local candidate
  for candidate in "" "python3 -m pip" pip3 pip "${python:-python3} -m pip"; do
    pip=".venv/bin/python -m pip"
    if [ -n "$candidate" ]; then pip="$candidate --python .venv/bin/python"; fi
    if .venv/bin/python -c '' 2>/dev/null && $pip --version >/dev/null 2>&1; then return; fi
  done
  return 1
}

build_environment() { # makes .venv, unless it is there and pip can install into it
  if find_pip; then return; fi
  if ! python=$(find_python); then
    if is_root_on_apt; then apt_install python3 python3-venv; fi
    python=$(find_python) || fail "it needs Python 3.11 or newer. On Debian or Ubuntu: apt-get install python3 python3-venv"
  fi
  if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    "$python" -m venv --clear .venv
  else
    "$python" -m venv --clear --without-pip .venv 2>/dev/null || true
    if ! find_pip && is_root_on_apt; then
      apt_install python3-venv
      "$python" -m venv --clear .venv || fail "$python has no venv module. Name another: make setup PYTHON=/usr/bin/python3"
    fi
  fi
  find_pip || fail "$python has no venv module with pip. On Debian or Ubuntu: apt-get install python3-venv"
}

exec 9<pyproject.toml # two runs at once would write into each other's installation
flock 9

# A stamp is the content of what was installed and the folder's own path, for an environment does not survive a move.
content() { { pwd; cat pyproject.toml "$@"; } | sha256sum; }
runtime_content=$(content requirements/runtime.txt requirements/build.txt)
wanted_content=$(content "${requirements[@]}")
if [ "$(cat ".venv/.setup-$wanted" 2>/dev/null)" = "$wanted_content" ] && .venv/bin/python -c '' 2>/dev/null; then
  exit 0
fi

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PYTHONDONTWRITEBYTECODE=
build_environment
echo "Installing the $wanted packages into .venv (once; it takes about a minute)."
arguments=()
for file in "${requirements[@]}"; do arguments+=(--requirement "$file"); done
$pip install -qq --require-hashes "${arguments[@]}"
$pip install -qq --no-deps --no-build-isolation --editable .
echo "$wanted_content" >".venv/.setup-$wanted"
echo "$runtime_content" >.venv/.setup-runtime # the larger set holds the smaller
if [ "$wanted" = bench ]; then content requirements/dev.txt >.venv/.setup-dev; fi
