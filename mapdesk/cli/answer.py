"""What a command says."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mapdesk.services.districts import Progress


@dataclass(frozen=True)
class Answer:
    """What a command says: `data` for JSON, `text` for people (None: JSON is for people too)."""

    data: Any
    text: str | None


Command = Callable[[argparse.Namespace, Progress], Answer | int]
