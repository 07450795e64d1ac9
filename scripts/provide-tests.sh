# Sourced by scripts/test.sh. Provides what the tests need besides Python: a PostgreSQL server and Chromium.
#
# What is there is used. What is missing is installed where this user may install packages (apt-get, as root or through
# "sudo -n"). What cannot be had is left out by name; with CI=true leaving anything out is a failure.
#
# Sets LEFT_OUT (pytest markers), and exports MIS_BRIDGE_TEST_POSTGRES (an address) and MIS_BRIDGE_TEST_CHROMIUM (a path).

PYTHON="${PYTHON:-.venv/bin/python}"
POSTGRES_FOLDERS="${POSTGRES_FOLDERS:-/usr/lib/postgresql/*/bin}"
LEFT_OUT=()
THROW_AWAY=""

say() { printf '%s\n%s\n' "$1" "$2" >&2; }

may_install() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

install_packages() {
  may_install || return 1
  local as=()
  [ "$(id -u)" = 0 ] || as=(sudo -n)
  say "Installing $*" "Yn gosod $*"
  "${as[@]}" apt-get update -qq &&
    "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# leave_out MARKER ENGLISH WELSH: go on without the tests that carry the marker, or fail in CI.
leave_out() {
  say "Left out: $2" "Wedi'i adael allan: $3"
  LEFT_OUT+=("$1")
  if [ "${CI:-}" = true ]; then
    say "CI=true allows nothing to be left out." "Nid yw CI=true yn caniatáu gadael dim allan."
    return 1
  fi
}

# answers HOST PORT USER: is there a server that lets this user make databases?
answers() {
  "$PYTHON" - "$1" "$2" "$3" <<'CHECK' 2>/dev/null
import sys
import psycopg
host, port, user = sys.argv[1:]
with psycopg.connect(host=host, port=port, user=user, dbname="postgres", connect_timeout=3) as session:
    row = session.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
sys.exit(not (row and row[0]))
CHECK
}

use_server() {
  export MIS_BRIDGE_TEST_POSTGRES="postgresql+psycopg://$3@$1:$2/postgres"
}

find_server() {
  [ -n "${MIS_BRIDGE_TEST_POSTGRES:-}" ] && return 0
  local host="${PGHOST:-127.0.0.1}" port="${PGPORT:-5432}" user
  for user in ${PGUSER:-"$(id -un)" postgres}; do
    if answers "$host" "$port" "$user"; then
      use_server "$host" "$port" "$user"
      return 0
    fi
  done
  return 1
}

server_binaries() {
  local found
  found=$(command -v initdb) && { dirname "$(readlink -f "$found")"; return 0; }
  # shellcheck disable=SC2086  # the pattern has to be expanded
  found=$(ls -d $POSTGRES_FOLDERS 2>/dev/null | sort -V | tail -n 1)
  [ -n "$found" ] && [ -x "$found/initdb" ] && echo "$found"
}

# PostgreSQL refuses to run as root: there another user owns the server.
as_server_user() {
  if [ "$(id -u)" = 0 ]; then
    runuser -u "$(id -un postgres 2>/dev/null || echo nobody)" -- "$@"
  else
    "$@"
  fi
}

start_throw_away_server() {
  local binaries
  binaries=$(server_binaries) || return 1
  THROW_AWAY=$(mktemp -d "${TMPDIR:-/tmp}/mis-bridge-postgres.XXXXXX")
  chmod 711 "$THROW_AWAY"
  [ "$(id -u)" = 0 ] && chown "$(id -un postgres 2>/dev/null || echo nobody)" "$THROW_AWAY"
  SERVER_BINARIES="$binaries"
  local port
  port=$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  if (cd "$THROW_AWAY" &&
      as_server_user "$binaries/initdb" -D "$THROW_AWAY/data" -U tester -A trust -E UTF8 --no-sync >/dev/null &&
      as_server_user "$binaries/pg_ctl" -D "$THROW_AWAY/data" -w -s -l "$THROW_AWAY/server.log" \
        -o "-p $port -h 127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200" start); then
    answers 127.0.0.1 "$port" tester && use_server 127.0.0.1 "$port" tester
  else
    stop_throw_away_server
    return 1
  fi
}

stop_throw_away_server() {
  [ -n "$THROW_AWAY" ] || return 0
  (cd "$THROW_AWAY" && as_server_user "$SERVER_BINARIES/pg_ctl" -D "$THROW_AWAY/data" -m immediate -s stop) 2>/dev/null
  rm -rf "$THROW_AWAY"
  THROW_AWAY=""
}

provide_postgres() {
  find_server && return 0
  server_binaries >/dev/null || install_packages postgresql
  start_throw_away_server ||
    leave_out postgres \
      "the tests on PostgreSQL. Install a server (Debian: apt-get install postgresql) or set MIS_BRIDGE_TEST_POSTGRES to its address." \
      "y profion ar PostgreSQL. Gosodwch weinydd (Debian: apt-get install postgresql) neu bennu MIS_BRIDGE_TEST_POSTGRES i'w gyfeiriad."
}

find_chromium() {
  local name
  for name in ${MIS_BRIDGE_TEST_CHROMIUM:+"$MIS_BRIDGE_TEST_CHROMIUM"} chromium chromium-browser google-chrome; do
    if MIS_BRIDGE_TEST_CHROMIUM=$(command -v "$name"); then
      export MIS_BRIDGE_TEST_CHROMIUM
      return 0
    fi
  done
  return 1
}

provide_chromium() {
  find_chromium && return 0
  install_packages chromium fonts-dejavu-core && find_chromium ||
    leave_out browser \
      "the browser tests. Install Chromium (Debian: apt-get install chromium) or set MIS_BRIDGE_TEST_CHROMIUM to its path." \
      "y profion porwr. Gosodwch Chromium (Debian: apt-get install chromium) neu bennu MIS_BRIDGE_TEST_CHROMIUM i'w lwybr."
}
