#!/usr/bin/env bash
# Make this machine able to run mapdesk: system libraries, then .venv with the pinned packages.
#
#   tools/setup_machine.sh          what the desk needs
#   tools/setup_machine.sh tests    and what the tests need on top (Xvfb, an RTSP server)
#
# On Debian and its children missing system packages are installed where root or a password-less
# sudo allows it; otherwise the apt line is printed and nothing is changed. A second run asks
# dpkg-query and a stamp, calls neither apt nor pip, and takes a fraction of a second.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What the wheels of PyQt6 and VTK expect of the system, and nothing more: libegl1 and libgl1 bring
# Mesa's drivers (software ones too), the libxcb ones are Qt's window under X, libxcursor1 is VTK's.
readonly DESK_PACKAGES=(
    libegl1 libgl1 libglib2.0-0 libfontconfig1 libdbus-1-3
    libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0
    libxcursor1 fontconfig
)
# Asked for only where fontconfig knows no Chinese font at all.
readonly FONT_PACKAGE=fonts-noto-cjk
# An X server without a screen, a PostgreSQL with PostGIS to start, and a real RTSP camera for the tests.
readonly TEST_PACKAGES=(
    git xvfb postgresql-15 postgresql-15-postgis-3
    python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-ugly
)

readonly VENV=.venv
readonly STAMP=$VENV/.set-up

say() { printf '%s\n' "$@" >&2; }
die() { say "$@"; exit 1; }

# Younger Debians and Ubuntus name some libraries NAMEt64.
installed() {
    local status
    status=$(dpkg-query -W -f '${db:Status-Status}\n' "$1" "$1t64" 2>/dev/null || true)
    grep -qx installed <<<"$status"
}

missing_packages() {
    local name
    for name in "$@"; do
        installed "$name" || printf '%s\n' "$name"
    done
    if ! command -v fc-list >/dev/null || [[ -z $(fc-list :lang=zh-cn family) ]]; then
        printf '%s\n' "$FONT_PACKAGE"
    fi
}

system_packages() {
    if ! command -v dpkg-query >/dev/null; then
        [[ $(uname -s) == Linux ]] || return 0
        say "Not a Debian: please see to what these Debian packages hold: $* $FONT_PACKAGE"
        return 0
    fi
    local missing as_root=()
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    if ((EUID != 0)); then
        if ! sudo -n true 2>/dev/null; then
            die "System packages are missing, and installing them needs root. Please run:" "" \
                "    sudo apt-get install --no-install-recommends ${missing[*]}" "" \
                "and then the same make command again."
        fi
        as_root=(sudo -n)
    fi
    say "Installing ${#missing[@]} system packages: ${missing[*]}"
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
        apt-get -qq -o DPkg::Lock::Timeout=300)
    "${apt[@]}" update || say "The package lists could not be refreshed; trying with those there."
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null
}

find_python() {
    local name
    for name in ${PYTHON:-} python3 python3.11 python3.12 python3.13; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    die "mapdesk needs Python 3.11 or newer: apt-get install python3, or name one with PYTHON=..."
}

# Debian's python3 makes no environment with pip in it unless python3-venv is there; its own pip
# can fill one all the same.
create_venv() {
    local python=$1
    rm -rf "$VENV"
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv "$VENV"
    elif "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m venv --without-pip "$VENV"
        "$python" -m pip --python "$VENV/bin/python" install --quiet pip
    else
        system_packages python3-venv
        "$python" -m venv "$VENV"
    fi
}

environment() {
    local source
    local fresh=1
    for source in pyproject.toml setup.py constraints.txt; do
        [[ $STAMP -nt $source ]] || fresh=0
    done
    # A moved or copied folder keeps the stamp but not its environment.
    [[ $fresh == 1 && $(cat "$STAMP" 2>/dev/null) == "$PWD" ]] && return
    local python
    python=$(find_python)
    if [[ ! -x $VENV/bin/python || ( -f $STAMP && $(cat "$STAMP") != "$PWD" ) ]]; then
        say "Creating $VENV with $("$python" --version)"
        create_venv "$python"
    fi
    say "Installing the pinned Python packages into $VENV: some minutes, once"
    local pip=("$VENV/bin/python" -m pip --disable-pip-version-check install -qq
        --constraint constraints.txt)
    "${pip[@]}" setuptools
    "${pip[@]}" --no-build-isolation --editable '.[dev]'
    printf '%s' "$PWD" >"$STAMP"
}

case ${1:-desk} in
    desk) system_packages "${DESK_PACKAGES[@]}" ;;
    tests) system_packages "${DESK_PACKAGES[@]}" "${TEST_PACKAGES[@]}" ;;
    *) die "usage: tools/setup_machine.sh [desk|tests]" ;;
esac
environment
