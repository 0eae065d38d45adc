"""Renders street clips with OpenCV; runs in spawned processes alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike

from mapdesk.video.street_worker import LOOKS, Look, Street
from mapdesk.video.traffic_worker import draw_actors, populate

_MAIN: Final = (640, 360)
_SUB: Final = (320, 180)

#: MPEG-4 part 2: the one encoder of this kind that opencv-python's wheels carry on every system
#: (no H.264 encoder is in them).
_CODEC: Final = "mp4v"

_FONT: Final = cv2.FONT_HERSHEY_DUPLEX


def write_clip(folder: Path, index: int, seconds: float, fps: int, seed: int) -> None:
    """Write ``street-<index>.mp4`` and ``street-<index>-sub.mp4`` into `folder`.

    Parameters
    ----------
    folder : Path
        Exists.
    index : int
        From 1; chooses the look, and with `seed` everything random.
    seconds, fps : float, int
        Length and frame rate.
    seed : int
        Same seed, same pictures.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    cv2.setNumThreads(1)
    look = LOOKS[(index - 1) % len(LOOKS)]
    random = np.random.default_rng((seed, index))
    street = Street(look, random)
    backdrop = street.backdrop()
    actors = populate(street)
    grain = random.normal(0, 2.2, (8, _MAIN[1], _MAIN[0], 1)).round().astype(np.int8)
    start = datetime(2026, 5, 1 + index % 28, look.hour, int(random.integers(60)), tzinfo=UTC)
    names = (folder / f"street-{index}.mp4", folder / f"street-{index}-sub.mp4")
    writers = [
        cv2.VideoWriter(str(name), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*_CODEC), fps, size)
        for name, size in zip(names, (_MAIN, _SUB), strict=True)
    ]
    try:
        if not all(writer.isOpened() for writer in writers):
            raise OSError(f"video files cannot be written to {folder}")
        for frame in range(round(seconds * fps)):
            now = frame / fps
            image = backdrop.copy()
            draw_actors(street, image, actors, now)
            image = cv2.resize(image, _MAIN, interpolation=cv2.INTER_AREA)
            image = cv2.add(image, cv2.merge([grain[frame % 8]] * 3), dtype=cv2.CV_8U)
            _burn(image, look, index, start + timedelta(seconds=now))
            writers[0].write(image)
            writers[1].write(cv2.resize(image, _SUB, interpolation=cv2.INTER_AREA))
    finally:
        for writer in writers:
            writer.release()


def _burn(image: MatLike, look: Look, index: int, when: datetime) -> None:
    """Write clock, place and the notice that all this is generated."""
    width, height = _MAIN
    cv2.convertScaleAbs(image[:30], image[:30], 0.72)
    cv2.convertScaleAbs(image[height - 30 :], image[height - 30 :], 0.72)
    _write(image, when.strftime("%Y-%m-%d %H:%M:%S"), (10, 22), 0.55)
    _write(image, "GENERATED DEMO", (width - 176, 22), 0.55, (90, 220, 255))
    _write(image, f"CAM {index:03d}  {look.place}", (10, height - 12), 0.55)


def _write(
    image: MatLike,
    text: str,
    where: tuple[int, int],
    scale: float,
    colour: tuple[int, int, int] = (255, 255, 255),
) -> None:
    shadow = (where[0] + 1, where[1] + 1)
    cv2.putText(image, text, shadow, _FONT, scale, (20, 20, 20), 1, cv2.LINE_AA)
    cv2.putText(image, text, where, _FONT, scale, colour, 1, cv2.LINE_AA)
