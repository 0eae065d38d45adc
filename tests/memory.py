"""Where tests write: to memory where there is plenty, which waits for no disk."""

import os
import tempfile
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")
ROOM = 6 << 30
"""Bytes that have to be free, for all that a run writes at a time and more."""


def temporary_folder():
    """Return the folder for temporary files."""
    if not MEMORY.is_dir():
        return tempfile.gettempdir()
    disk = os.statvfs(MEMORY)
    free = min(disk.f_bavail * disk.f_frsize, psutil.virtual_memory().available)
    if free < ROOM or disk.f_flag & os.ST_NOEXEC:
        return tempfile.gettempdir()
    return str(MEMORY)
