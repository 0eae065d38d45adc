"""What a command says."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mapdesk.services.districts import Progress


@dataclass(frozen=True)
class Answer:
    """What a command says: `data` for JSON, `text` for people (None: JSON is for people too).

    Parameters
    ----------
    status : int
        Exit status: other than 0 where the answer itself is bad news.
    """

    data: Any
    text: str | None
    status: int = 0


Command = Callable[[argparse.Namespace, Progress], Answer | int]
