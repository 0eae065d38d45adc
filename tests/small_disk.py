"""A process with a small disk of its own: a real file system that runs full, no rights needed.

Linux lets everybody mount memory in a name space of their own, where some machines forbid it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parents[1]
_MOUNT = 'mount -t tmpfs -o "size=$0m,mode=777" tmpfs "$1" && shift && exec "$@"'


def _command(folder, megabytes, *words):
    """Return a command that runs words, as a user that PostgreSQL does not refuse, beside the disk."""
    user = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    name_space = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", _MOUNT]
    return [*name_space, str(megabytes), str(folder), *user, *map(str, words)]


def missing(folder):
    """Return why there can be no such disk; empty where there can be one."""
    if shutil.which("unshare") is None:
        return "no unshare on this machine"
    tried = subprocess.run(_command(folder, 1, "true"), capture_output=True, text=True, check=False)
    return tried.stderr.strip()


def run_beside(folder, megabytes, module, *words):
    """Run a module's ``__main__`` with a disk of some megabytes mounted at a folder; return what it printed."""
    done = subprocess.run(
        _command(folder, megabytes, sys.executable, "-W", "error", "-m", module, folder, *words),
        cwd=_REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


class Disk:
    """The small disk, seen by the process beside it."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self._ballast = self.folder / "ballast"

    def free(self):
        return shutil.disk_usage(self.folder).free

    def fill(self, but):
        """Leave so many bytes free."""
        with self._ballast.open("ab") as file:
            os.posix_fallocate(file.fileno(), file.tell(), max(self.free() - but, 1))

    def clear(self):
        self._ballast.unlink()
