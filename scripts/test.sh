#!/usr/bin/env bash
# Runs all tests, on SQLite and on PostgreSQL, with a headless browser. Arguments go to pytest.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/provide-tests.sh
trap stop_throw_away_server EXIT
provide_postgres && provide_chromium || exit 1
choice=()
if [ "${#LEFT_OUT[@]}" -gt 0 ]; then
  printf -v without ' and not %s' "${LEFT_OUT[@]}"
  choice=(-m "${without# and }")
fi
.venv/bin/pytest -n "${TEST_PROCESSES:-auto}" --dist loadfile --no-loadscope-reorder "${choice[@]}" "$@"
