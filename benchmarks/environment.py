"""Where windows open that no one watches, with settings of their own."""

from __future__ import annotations

import os
from pathlib import Path


def unwatched(settings: Path) -> dict[str, str]:
    """Return the environment of a process that draws without a display and keeps settings apart.

    Modules compiled once stay compiled, as where mapdesk is installed, even if this process keeps none.
    """
    kept = {name: said for name, said in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **kept,
        "QT_QPA_PLATFORM": "offscreen",
        "VTK_DEFAULT_OPENGL_WINDOW": "vtkEGLRenderWindow",
        "XDG_CONFIG_HOME": str(settings),
        "XDG_STATE_HOME": str(settings),
    }
