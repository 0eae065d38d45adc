"""Generated street clips for demo cameras: nobody real is in them, and they say so."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

from mapdesk.model.errors import SetupError
from mapdesk.video.worker_entry import write_clips


def write_street_clips(
    folder: Path, count: int = 6, seconds: float = 8.0, fps: int = 15, seed: int = 1
) -> list[Path]:
    """Render street clips with OpenCV, in processes of their own.

    Blocks for about a second of one core per clip; call it off the GUI thread.

    Parameters
    ----------
    folder : Path
        Made if it is not there. Gets ``street-<k>.mp4`` (640 x 360) and ``street-<k>-sub.mp4``
        (320 x 180), k from 1; existing files of these names are replaced.
    count : int
        Clips; six looks exist and come round again with other traffic.
    seconds, fps : float, int
        Length and frame rate of each.
    seed : int
        Same seed, same pictures.

    Returns
    -------
    list of Path
        The 640 x 360 files in order.

    Raises
    ------
    SetupError
        A clip could not be written; the sentence says where to look.
    """
    folder.mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("spawn")
    indices = list(range(1, count + 1))
    shares = [share for k in range(os.cpu_count() or 1) if (share := indices[k :: os.cpu_count()])]
    workers = [
        context.Process(
            target=write_clips, args=(folder, share, seconds, fps, seed), name="mapdesk-clips"
        )
        for share in shares
    ]
    for worker in workers:
        worker.start()
    codes = []
    for worker in workers:
        worker.join()
        codes.append(worker.exitcode)
        worker.close()
    written = [folder / f"street-{index}.mp4" for index in indices]
    if any(codes) or not all(path.is_file() and path.stat().st_size for path in written):
        raise SetupError(
            f"The demo's street clips could not be written to {folder}: check that there is room "
            "and that opencv-python works (mapdesk doctor)."
        )
    return written
