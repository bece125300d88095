#!/usr/bin/env bash
# Okta's own SDKs, unchanged, against the practice org. They are the outside witnesses that the org answers as Okta does.
#
#   tests/sdk/run.sh                          starts `causeway practice` for the time of the check
#   OKTA_URL=… OKTA_TOKEN=… tests/sdk/run.sh  uses an org that is running already
#
# Needs python3 (with venv), node and npm; the SDKs go into target/sdk.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
place=${CARGO_TARGET_DIR:-$root/target}/sdk
for tool in python3 node npm curl; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install python3 python3-venv nodejs npm curl" >&2; exit 1; }
done

mkdir -p "$place"
[ -x "$place/venv/bin/python" ] || python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check okta==3.4.6
[ -e "$place/package.json" ] || echo '{"private":true}' >"$place/package.json"
npm install --prefix "$place" --silent --no-audit --no-fund @okta/okta-sdk-nodejs@8.1.0

if [ -z "${OKTA_URL:-}" ]; then
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  OKTA_URL=http://127.0.0.1:$port
  OKTA_TOKEN=00practice$(python3 -c 'import secrets; print(secrets.token_hex(15))')
  (cd "$root" && cargo build --quiet --bin causeway)
  "${CARGO_TARGET_DIR:-$root/target}/debug/causeway" practice --port "$port" --token "$OKTA_TOKEN" >"$place/practice.log" 2>&1 &
  practice=$!
  trap 'kill "$practice" 2>/dev/null || true' EXIT
  curl --silent --fail --output /dev/null --retry 50 --retry-connrefused --retry-delay 0 --retry-max-time 15 \
    "$OKTA_URL/.well-known/okta-organization" || { cat "$place/practice.log" >&2; exit 1; }
fi
export OKTA_URL OKTA_TOKEN

"$place/venv/bin/python" "$here/check.py"
NODE_PATH=$place/node_modules node "$here/check.cjs"
