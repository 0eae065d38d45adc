"""What a picture beside the screen's needs of whoever loads what is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from mapdesk.analysis.pyramid import Sight


class Apart(Protocol):
    """Brings into the scene what a picture for paper needs and the screen does not."""

    def prepare(self, sight: Sight, then: Callable[[], None]) -> None:
        """Call `then` when all that is seen from there is in the scene, or could not be had."""

    def release(self) -> None:
        """Go back to what the screen needs."""
