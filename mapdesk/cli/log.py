"""Where the command line writes what it did wrong itself."""

from __future__ import annotations

import traceback
from datetime import datetime
from pathlib import Path

import platformdirs


def write_traceback(error: BaseException) -> Path:
    """Append the traceback of `error` to the log and return the log's path."""
    path = Path(platformdirs.user_log_dir("mapdesk")) / "command.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{datetime.now().astimezone().isoformat()}\n")
        traceback.print_exception(error, file=file)
    return path
