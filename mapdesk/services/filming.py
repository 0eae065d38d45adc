"""A tour's pictures written to an MP4, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mapdesk.formats.whole_file import whole_file
from mapdesk.model.errors import InputError
from mapdesk.services.districts import Progress
from mapdesk.video.recording import Recording


def even(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size a video of pictures of `size` has: encoders take even numbers alone."""
    return size[0] // 2 * 2, size[1] // 2 * 2


def check_film(path: Path) -> None:
    """Raise InputError where a path is no name of a video."""
    if path.suffix.lower() != ".mp4":
        raise InputError(f"{path} should end in .mp4; only MP4 videos are written.")


def film(
    path: Path,
    size: tuple[int, int],
    fps: int,
    frames: Iterable[bytes],
    total: int,
    progress: Progress,
) -> int:
    """Write pictures to a video as they come and return how many.

    Blocks until the last: call it off the GUI thread. Stopping it (`progress` raises) leaves nothing.

    Parameters
    ----------
    frames : iterable of bytes
        BGRA, rows from above, `even` in size.
    total : int
        How many will come.

    Raises
    ------
    InputError
        No name of a video.
    SetupError
        It cannot be written.
    """
    check_film(path)
    count = 0
    with whole_file(path) as part, Recording(part, size, fps) as recording:
        for frame in frames:
            progress("Recording the tour", count / max(total, 1))
            recording.add(frame)
            count += 1
        recording.finish()
    return count
