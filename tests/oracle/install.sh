#!/usr/bin/env bash
# Installs the independent judges into target/tools/oracle: the CAP runtime (npm) and b1sl-python (pip), pinned.
# A missing node or python is said loudly and leaves that judge out; who must not do without calls it a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
into=$PWD/target/tools/oracle
mkdir -p "$into"

if command -v npm >/dev/null && command -v node >/dev/null; then
  if ! cmp -s tests/oracle/cap/package.json "$into/cap/wanted.json"; then
    rm -rf "$into/cap"
    mkdir -p "$into/cap"
    cp tests/oracle/cap/package.json "$into/cap/package.json"
    # better-sqlite3 builds or fetches its binary in its own install script, which newer npm does not run by itself.
    (cd "$into/cap" && npm install --no-audit --no-fund && npm rebuild better-sqlite3 --foreground-scripts)
    (cd "$into/cap" && node -e "new (require('better-sqlite3'))(':memory:')")
    cp tests/oracle/cap/package.json "$into/cap/wanted.json"
  fi
else
  echo "skipped: the CAP judge, for want of node and npm"
fi

b1sl=0.16.0
if command -v python3 >/dev/null && python3 -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))'; then
  if ! "$into/b1sl/bin/python" -c "import importlib.metadata as m; assert m.version('b1sl-python') == '$b1sl'" 2>/dev/null; then
    rm -rf "$into/b1sl"
    python3 -m venv "$into/b1sl"
    "$into/b1sl/bin/pip" install --quiet "b1sl-python==$b1sl"
  fi
else
  echo "skipped: the b1sl-python judge, for want of python 3.11"
fi
