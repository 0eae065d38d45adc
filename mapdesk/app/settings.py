"""What the desk remembers between runs, in one file of the user's configuration folder."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
from PyQt6.QtCore import QSettings


def settings() -> QSettings:
    """Return the settings file; ``MAPDESK_CONFIG`` names another folder for it."""
    folder = os.environ.get("MAPDESK_CONFIG") or platformdirs.user_config_dir("mapdesk")
    return QSettings(str(Path(folder) / "desk.ini"), QSettings.Format.IniFormat)


def demo_folder() -> Path:
    """Return where the demo district lies unless told otherwise."""
    return Path(platformdirs.user_data_dir("mapdesk")) / "demo"
