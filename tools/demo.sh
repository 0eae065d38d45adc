#!/usr/bin/env bash
# Open the demo district; with no display, draw the same window to a picture and say where it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly MAPDESK=.venv/bin/mapdesk PICTURE=$PWD/build/demo.png

if [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} || $(uname -s) == Darwin ]]; then
    exec "$MAPDESK" demo
fi
folder=$("$MAPDESK" demo --no-open --json |
    .venv/bin/python -c 'import json, sys; print(json.load(sys.stdin)["folder"])')
mkdir -p "$(dirname "$PICTURE")"
"$MAPDESK" shot "$folder" "$PICTURE" --window
echo "No display here: the desk on $folder is drawn in $PICTURE"
