"""Write a file whole or not at all.

The temporary stands beside the target and nowhere else: where the target's disk is encrypted, so is
whatever an export needs on the way.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from mapdesk.model.errors import InputError, NotFoundError

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The disk, the user's share of it or the largest file it takes is full."""


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a path to write to; it becomes `path` when the block ends well, and is gone otherwise.

    Parameters
    ----------
    path : Path
        The target; what stands there stays until the new file is complete and on the disk.

    Yields
    ------
    Path
        In the same folder, with the same suffix; files beginning with its name are swept up too.

    Raises
    ------
    NotFoundError
        No such folder.
    InputError
        The disk is full or does not let it be written; nothing was.
    """
    if not path.parent.is_dir():
        raise NotFoundError(f"There is no folder {path.parent}; make it, or choose another.")
    part = path.with_name(f".part-{secrets.token_hex(8)}{path.suffix}")
    try:
        yield part
        with part.open("r+b") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise _told(path, error) from error
    finally:
        for left in path.parent.glob(f"{part.name}*"):
            with contextlib.suppress(OSError):
                left.unlink()


def _told(path: Path, error: OSError) -> InputError:
    if error.errno in NO_ROOM:
        return InputError(
            f"The disk has no room for {path.name}; free some and write it again: nothing was written."
        )
    reason = error.strerror or str(error)
    return InputError(
        f"{path.name} could not be written ({reason}); close it in other programs, "
        "or choose another folder."
    )
