#!/usr/bin/env bash
# Pin, for all platforms at once, the newest versions that pyproject.toml allows.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

.venv/bin/python -m pip install --quiet uv
{
    cat <<'END'
# Every package of a set-up, runtime and development, at the version the tests ran on; markers say
# where one is needed. Written by `make constraints`; proved for all platforms by `make wheels-check`.
END
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
        --all-extras --no-header --no-annotate --no-emit-index-url pyproject.toml
} >constraints.new
mv constraints.new constraints.txt
