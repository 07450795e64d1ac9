#!/usr/bin/env bash
# PDF needs three system libraries and a font with Welsh letters. Install them where we may; where not, say so:
# everything else works without them.
set -u
if .venv/bin/python -c 'import weasyprint' >/dev/null 2>&1; then exit 0; fi
PACKAGES="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
AS=""
[ "$(id -u)" = 0 ] || AS="sudo -n"
if command -v apt-get >/dev/null && { [ -z "$AS" ] || sudo -n true 2>/dev/null; }; then
  echo "Installing the libraries that PDF needs: $PACKAGES"
  $AS apt-get update -qq && $AS env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $PACKAGES >/dev/null && exit 0
fi
echo "PDF is left out: its libraries are missing ($PACKAGES on Debian). HTML and Word work." >&2
echo "Gadewir PDF allan: mae ei lyfrgelloedd ar goll ($PACKAGES ar Debian). Mae HTML a Word yn gweithio." >&2
exit 0
