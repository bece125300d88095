# shellcheck shell=bash disable=SC2034
# Sourced by ./run, ./test and .ci/run: installs Debian and Ubuntu packages that are missing, and says so.

# What a window needs at run time. The program links none of these: they are opened when used.
WINDOW_PACKAGES=(libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon0 libxkbcommon-x11-0
  libvulkan1 mesa-vulkan-drivers libegl1 libgl1-mesa-dri libfontconfig1 fontconfig libdbus-1-3)
# A C compiler, for SQLite and the TLS library.
BUILD_PACKAGES=(gcc libc6-dev)
# Real servers, a real keychain and the packages that Okta's own client libraries are installed with.
TEST_PACKAGES=(curl postgresql mariadb-server dbus dbus-x11 gnome-keyring python3 python3-venv)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

# as_root COMMAND...: runs it as root, with sudo where needed.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "this needs root and there is no sudo: run as root: $*"
  fi
}

# need REASON PACKAGE...: installs what is missing. On other systems it only says what is needed.
need() {
  local reason=$1 missing=() package
  shift
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    case "$(uname -s)" in
    Linux) say "This is not Debian or Ubuntu: nothing was installed. Needed $reason, by Debian's names: $*" ;;
    *) ;;
    esac
    return 0
  fi
  for package in "$@"; do
    # "install ok installed" is dpkg's word for a package that is there and whole.
    [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "Installing $reason: ${missing[*]}"
  as_root apt-get -o DPkg::Lock::Timeout=600 -qq update >&2 || die "the package lists could not be fetched: check the network, then run this again"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -qq -y --no-install-recommends install "${missing[@]}" >/dev/null ||
    die "the packages could not be installed: see apt's words above"
}

# need_rust: Rust itself is the one thing that is asked for, not installed.
need_rust() {
  command -v cargo >/dev/null || die "Rust is missing. Install it from https://rustup.rs (or your system's packages, 1.95 or newer), then run this again."
}
