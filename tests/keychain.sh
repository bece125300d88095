#!/bin/sh
# Runs a command with a private keychain of its own (gnome-keyring on a private session bus), thrown away afterwards:
#   tests/keychain.sh COMMAND…            unlocked, as after signing in to a desktop
#   tests/keychain.sh --locked COMMAND…   locked, with nobody there to unlock it
# Needs the Debian packages dbus and gnome-keyring.
set -eu

locked=no
if [ "${1:-}" = --locked ]; then
    locked=yes
    shift
fi
for program in dbus-run-session gnome-keyring-daemon; do
    if ! command -v "$program" >/dev/null; then
        echo "$program not found: install the packages dbus and gnome-keyring" >&2
        exit 3
    fi
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$folder/cache" XDG_RUNTIME_DIR="$folder/run"
export CAUSEWAY_TEST_KEYCHAIN=$locked
mkdir -p "$XDG_DATA_HOME" "$XDG_CACHE_HOME"
mkdir -m 700 "$XDG_RUNTIME_DIR"
# No desktop: nothing may put up a prompt on somebody's screen.
unset DISPLAY WAYLAND_DISPLAY

# The daemon's first line of input is the password that makes and unlocks the login keyring. It ends with its bus.
# What stands in quotes is for the inner shell.
# shellcheck disable=SC2016
dbus-run-session -- sh -c '
    printf "test\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
    if [ "$CAUSEWAY_TEST_KEYCHAIN" = yes ]; then
        dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
            org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null
    fi
    exec "$@"
' keychain "$@"
