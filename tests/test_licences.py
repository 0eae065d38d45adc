"""Everything mapdesk runs on may be combined with a work under the GNU GPL 3, and is written up."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent

# SPDX name of each licence that may be combined with GPL-3.0-or-later, by what metadata calls it.
ACCEPTED = {
    "0BSD": "0BSD",
    "Apache 2.0": "Apache-2.0",
    "Apache-2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD-2-Clause": "BSD-2-Clause",
    "BSD-3-Clause": "BSD-3-Clause",
    "CC0-1.0": "CC0-1.0",
    "GPL-3.0-only": "GPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "LGPL v3": "LGPL-3.0-only",
    "LGPL-3.0-only": "LGPL-3.0-only",
    "MIT": "MIT",
    "MIT License": "MIT",
    "MIT-0": "MIT-0",
    "MIT-CMU": "MIT-CMU",
    "MPL-2.0": "MPL-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "New BSD": "BSD-3-Clause",
    "PSF-2.0": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "Zlib": "Zlib",
}


def plain(name: str) -> str:
    """Return a distribution's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def runtime_distributions() -> dict[str, importlib.metadata.Distribution]:
    """Return everything that installing mapdesk without extras brings to this platform."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: dict[str, importlib.metadata.Distribution] = {}
    waiting = list(map(Requirement, project["dependencies"]))
    seen = set()
    while waiting:
        asked = waiting.pop()
        key = (plain(asked.name), frozenset(asked.extras))
        if key in seen:
            continue
        seen.add(key)
        found[key[0]] = distribution = importlib.metadata.distribution(asked.name)
        for wanted in map(Requirement, distribution.requires or []):
            extras = asked.extras | {""}
            if wanted.marker is None or any(wanted.marker.evaluate({"extra": e}) for e in extras):
                waiting.append(wanted)
    return found


def licence_terms(metadata: importlib.metadata.PackageMetadata) -> list[str]:
    """Return the licences a distribution names, in the field it keeps in best order."""
    if expression := metadata.get("License-Expression"):
        return re.split(r"\s+(?:AND|OR)\s+", expression.replace("(", "").replace(")", ""))
    if (licence := (metadata.get("License") or "").strip()) in ACCEPTED:
        return [licence]
    trove = [c for c in metadata.get_all("Classifier") or [] if c.startswith("License :: ")]
    named = [c.rsplit(" :: ", 1)[-1] for c in trove if not c.endswith("OSI Approved")]
    return named or [licence]


def documented() -> dict[str, list[str]]:
    """Return the rows of docs/dependencies.md by package: version, licence and so on."""
    text = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("| ")
    ]
    return {plain(row[0]): row[1:] for row in rows}


def pins() -> dict[str, str]:
    """Return the version of each package in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {plain(pin.name): str(pin.specifier).removeprefix("==") for pin in wanted}


@pytest.mark.parametrize("name", sorted(runtime_distributions()))
def test_licence_may_be_combined_with_the_gpl(name):
    terms = licence_terms(importlib.metadata.metadata(name))
    assert [term for term in terms if term not in ACCEPTED] == []


def test_every_dependency_has_its_reason_in_the_docs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    direct = {plain(Requirement(line).name) for line in project["dependencies"]}
    assert direct - set(documented()) == set()


def test_docs_and_pins_agree():
    pinned = pins()
    stale = {
        name: row[0]
        for name, row in documented().items()
        if name in pinned and row[0] != pinned[name]
    }
    assert stale == {}


def test_everything_that_runs_is_pinned():
    assert set(runtime_distributions()) - set(pins()) == set()
