"""Prove that every pin of constraints.txt has a wheel for each platform mapdesk runs on.

``python tools/check_wheels.py [PLATFORM ...]`` resolves with pip, wheels only, installing nothing,
and exits non-zero naming each package that would have to be built from source.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PYTHON = "3.11"


@dataclass(frozen=True)
class Target:
    """A platform: the wheel tags pip may take, and what environment markers see there."""

    tags: tuple[str, ...]
    markers: dict[str, str]


def _markers(sys_platform: str, os_name: str, system: str, machine: str) -> dict[str, str]:
    return {
        "sys_platform": sys_platform,
        "os_name": os_name,
        "platform_system": system,
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "python_version": PYTHON,
        "python_full_version": f"{PYTHON}.2",
    }


# PyQt6's wheels ask for glibc 2.34 since 6.10: Debian 12, Ubuntu 22.04, RHEL 9 and younger.
_MANYLINUX = (
    *(f"manylinux_2_{minor}" for minor in range(34, 4, -1)),
    *("manylinux2014", "manylinux2010", "manylinux1"),
)

TARGETS = {
    "linux-x86_64": Target(
        tuple(f"{glibc}_x86_64" for glibc in _MANYLINUX),
        _markers("linux", "posix", "Linux", "x86_64"),
    ),
    "windows-amd64": Target(("win_amd64",), _markers("win32", "nt", "Windows", "AMD64")),
    # Macs with Intel processors are left out: cryptography makes no wheels for them any more.
    "macos-arm64": Target(("macosx_14_0_arm64",), _markers("darwin", "posix", "Darwin", "arm64")),
}


def pins_for(target: Target, constraints: Path) -> list[str]:
    """Return the pins (``name==version``) that a machine of `target` installs."""
    lines = (line.split("#")[0].strip() for line in constraints.read_text("utf-8").splitlines())
    wanted = (Requirement(line) for line in lines if line)
    return [
        f"{pin.name}{pin.specifier}"
        for pin in wanted
        if pin.marker is None or pin.marker.evaluate(target.markers)
    ]


def resolve(pins: list[str], target: Target) -> dict[str, str] | None:
    """Return the wheel of each pin by name, or None where pip finds one of them has none."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "report.json")
        command = [
            sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed",
            "--no-deps", "--target", scratch, "--report", str(report), "--only-binary", ":all:",
            "--implementation", "cp", "--python-version", PYTHON,
        ]  # fmt: skip
        for tag in target.tags:
            command += ["--platform", tag]
        done = subprocess.run([*command, *pins], capture_output=True, text=True, check=False)
        if done.returncode:
            if "No matching distribution" not in done.stderr:
                sys.exit(f"pip failed for a reason of its own:\n{done.stderr.strip()}")
            return None
        found = json.loads(report.read_text("utf-8"))["install"]
    return {
        item["metadata"]["name"]: item["download_info"]["url"].rsplit("/", 1)[-1] for item in found
    }


def missing(pins: list[str], target: Target) -> list[str]:
    """Return the pins without a wheel, by halving: a handful of pip runs instead of one each."""
    if resolve(pins, target) is not None:
        return []
    if len(pins) == 1:
        return pins
    middle = len(pins) // 2
    return missing(pins[:middle], target) + missing(pins[middle:], target)


def main(names: list[str]) -> int:
    """Check the platforms named, or all of them; return the exit code."""
    unknown = [name for name in names if name not in TARGETS]
    if unknown:
        print(f"no such platform: {', '.join(unknown)}; there are {', '.join(TARGETS)}")
        return 2
    lacking = 0
    for name in names or TARGETS:
        pins = pins_for(TARGETS[name], ROOT / "constraints.txt")
        without = missing(pins, TARGETS[name])
        lacking += len(without)
        verdict = f"no wheel: {', '.join(without)}" if without else "all have wheels"
        print(f"{name:14} {len(pins):3} packages: {verdict}", flush=True)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
