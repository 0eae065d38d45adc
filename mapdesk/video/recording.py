"""Pictures into a video file, by OpenCV in a process of its own."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Final, Self

from mapdesk.model.errors import SetupError
from mapdesk.video.worker_entry import record

#: Seconds a process may take to start, and to finish a file.
_PATIENCE: Final = 60.0


class Recording:
    """A video file being written; used by one thread, as a context that ends its process.

    Parameters
    ----------
    path : Path
        Ends in ``.mp4``.
    size : tuple of int
        Width and height in pixels, even.
    fps : int
        Frames a second.

    Raises
    ------
    SetupError
        The file cannot be written, or the process does not start.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: int) -> None:
        self._path = path
        self._context = multiprocessing.get_context("spawn")
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(
            target=record,
            args=(str(path), size, fps, theirs),
            name="mapdesk-record",
            daemon=True,
        )
        self._process.start()
        theirs.close()
        try:
            self._hear()
        except SetupError:
            self.close()
            raise

    def add(self, frame: bytes) -> None:
        """Write one picture: BGRA, rows from above, without gaps."""
        try:
            self._pipe.send_bytes(frame)
        except OSError as error:
            raise self._failed() from error
        self._hear()

    def finish(self) -> None:
        """Complete the file."""
        try:
            self._pipe.send_bytes(b"")
        except OSError as error:
            raise self._failed() from error
        self._process.join(_PATIENCE)
        if self._process.exitcode != 0:
            raise self._failed()

    def close(self) -> None:
        """End the process, whether the file is complete or not."""
        self._pipe.close()
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._process.close()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End."""
        self.close()

    def _hear(self) -> None:
        try:
            if self._pipe.poll(_PATIENCE) and self._pipe.recv_bytes() == b"+":
                return
        except (EOFError, OSError) as error:
            raise self._failed() from error
        raise self._failed()

    def _failed(self) -> SetupError:
        return SetupError(
            f"The video {self._path.name} could not be written: check that there is room and that "
            "opencv-python works (mapdesk doctor)."
        )
