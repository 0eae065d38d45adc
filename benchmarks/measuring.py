"""Measuring two ways of doing the same, in turn."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import numpy as np

ROOT = Path(__file__).resolve().parent.parent

Result = dict[str, str | float | None]
Case = TypeVar("Case")


def row(
    key: str, unit: str, ours: float, peer: float | None = None, peer_name: str | None = None
) -> Result:
    """Return what a benchmark hands to the runner."""
    return {"id": key, "ours": ours, "peer": peer, "peer_name": peer_name, "unit": unit}


def alternate(
    ours: Callable[[Case], object], peer: Callable[[Case], object], cases: Iterable[Case]
) -> tuple[list[float], list[float]]:
    """Time both on every case, taking turns at going first; milliseconds."""
    times: tuple[list[float], list[float]] = ([], [])
    for number, case in enumerate(cases):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            began = time.perf_counter()
            (ours, peer)[side](case)
            times[side].append((time.perf_counter() - began) * 1000)
    return times


def median(times: list[float]) -> float:
    return float(np.median(times))


def p95(times: list[float]) -> float:
    return float(np.percentile(times, 95))


def until_ready(words: list[str], environment: dict[str, str]) -> float:
    """Start ``python -m benchmarks.openings`` and return the seconds until it says that it is ready."""
    return run_until_ready(words, environment)[0]


def said(words: list[str], environment: dict[str, str], what: str) -> float:
    """Start ``python -m benchmarks.openings`` and return the number it says of `what` before it is ready."""
    for line in run_until_ready(words, environment)[1]:
        name, _space, number = line.partition(" ")
        if name == what:
            return float(number)
    raise RuntimeError(f"'{' '.join(words)}' said nothing of {what}")


def run_until_ready(words: list[str], environment: dict[str, str]) -> tuple[float, list[str]]:
    """Start ``python -m benchmarks.openings``; return seconds until it is ready, and what it said."""
    heard: list[str] = []
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.openings", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            heard.append(line.strip())
            if line.strip() == "ready":
                passed = time.perf_counter() - began
                break
        else:
            raise RuntimeError(f"'{' '.join(words)}' ended without being ready")
        process.stdout.read()
    return passed, heard
