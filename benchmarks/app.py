"""Benchmarks of the whole desk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import data
from benchmarks.environment import unwatched
from benchmarks.measuring import Result, median, row, until_ready


def start_demo(rounds: int = 7) -> Result:
    """Seconds from the start of the process until a click has shown a building's card.

    The first start, which fills the cache and remembers the viewpoint, does not count.
    """
    folder = data.demo()
    with tempfile.TemporaryDirectory() as settings:
        environment = unwatched(Path(settings))
        times = [until_ready(["click", str(folder)], environment) for _ in range(rounds + 1)]
    return row("app.start_demo", "s", median(times[1:]))


BENCHMARKS: tuple[Callable[[], Result], ...] = (start_demo,)
