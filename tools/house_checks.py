"""Hold the house rules that no off-the-shelf checker knows.

``python tools/house_checks.py`` prints one ``file:line: rule`` for each breach and exits
non-zero when there is one. A rule is a function in `CHECKS` that yields breaches.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400
LONG_FILES = "tools/long_files.toml"
COMMANDS_PAGE = "docs/commands.md"
COMMANDS_MODULE = "mapdesk.cli.reference"

# Written so that this file does not match itself.
CLOCK_WAITS = re.compile(r"sleep\(|qtbot\.wait\(|\bqWait\(")
PRIVATE_PATHS = re.compile(r"(?<![\w.\-])/(?:work|home|root)/")
DOWNLOAD_HOSTS = re.compile(
    r"\b(?:pypi\.org|pythonhosted\.org|[\w.]*\.debian\.org|npmjs\.(?:org|com)|conda\.io)\b"
)
LEFTOVERS = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b")


@dataclass(frozen=True, order=True)
class Breach:
    """One place where a rule is broken."""

    path: str
    line: int
    rule: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}"


@cache
def files() -> tuple[str, ...]:
    """Return every file of the clone that git tracks or would take, relative to its root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(sorted({name for name in listed.split("\0") if (ROOT / name).is_file()}))


@cache
def text_of(path: str) -> str | None:
    """Return the text of a file, or None where it is not text."""
    content = (ROOT / path).read_bytes()
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _python_in(*folders: str) -> Iterator[str]:
    return (path for path in files() if path.endswith(".py") and path.split("/", 1)[0] in folders)


def _grep(pattern: re.Pattern[str], paths: Iterator[str], rule: str) -> Iterator[Breach]:
    for path in paths:
        for number, line in enumerate((text_of(path) or "").splitlines(), start=1):
            if found := pattern.search(line):
                yield Breach(path, number, f"{rule}: {found.group()}")


def tests_wait_for_signals() -> Iterator[Breach]:
    """Tests wait for what happens, never for a clock."""
    yield from _grep(CLOCK_WAITS, _python_in("tests"), "tests wait for signals, never for clocks")


def files_stay_short() -> Iterator[Breach]:
    """A long file has its reason written down, and a reason has its long file."""
    register = ROOT / LONG_FILES
    reasons = tomllib.loads(register.read_text("utf-8")) if register.exists() else {}
    for path in _python_in("mapdesk", "plugins", "tools"):
        lines = len((text_of(path) or "").splitlines())
        reason = str(reasons.pop(path, "")).strip()
        if lines > LONGEST and not reason:
            yield Breach(path, LONGEST + 1, f"{lines} lines, with no reason in {LONG_FILES}")
        elif reason and lines <= LONGEST:
            yield Breach(LONG_FILES, 1, f"{path} is short again: take its entry out")
    for path in reasons:
        yield Breach(LONG_FILES, 1, f"{path} does not exist")


def nothing_names_this_machine() -> Iterator[Breach]:
    """Neither a path of one machine nor the host of a download."""
    yield from _grep(PRIVATE_PATHS, iter(files()), "a path that only one machine has")
    yield from _grep(DOWNLOAD_HOSTS, iter(files()), "a download host")


def nothing_is_left_for_later() -> Iterator[Breach]:
    """What is not done is an issue, not a comment."""
    yield from _grep(LEFTOVERS, iter(files()), "work left for later belongs in an issue")


def modules_say_what_they_are() -> Iterator[Breach]:
    """Every Python file begins with a docstring, private ones too."""
    for path in _python_in("mapdesk", "plugins", "tools", "benchmarks"):
        if not ast.get_docstring(ast.parse(text_of(path) or "", path)):
            yield Breach(path, 1, "no module docstring")


def command_list_is_fresh() -> Iterator[Breach]:
    """The commands' page is what the program says of itself."""
    sys.path.insert(0, str(ROOT))
    if importlib.util.find_spec(COMMANDS_MODULE) is None:
        return
    said = subprocess.run(
        [sys.executable, "-m", COMMANDS_MODULE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout
    page = ROOT / COMMANDS_PAGE
    written = page.read_text("utf-8") if page.exists() else ""
    if said != written:
        pairs = zip(said.splitlines(), written.splitlines(), strict=False)
        line = next((n for n, (new, old) in enumerate(pairs, start=1) if new != old), 1)
        yield Breach(COMMANDS_PAGE, line, f"stale: python -m {COMMANDS_MODULE} > {COMMANDS_PAGE}")


CHECKS: tuple[Callable[[], Iterator[Breach]], ...] = (
    tests_wait_for_signals,
    files_stay_short,
    nothing_names_this_machine,
    nothing_is_left_for_later,
    modules_say_what_they_are,
    command_list_is_fresh,
)


def main() -> int:
    """Run every check and return the exit code."""
    breaches = sorted({breach for check in CHECKS for breach in check()})
    for breach in breaches:
        print(breach)
    print(f"house checks: {len(files())} files, {len(CHECKS)} rules, {len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
