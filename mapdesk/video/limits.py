"""How long the video part waits for what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Patience with cameras, all in seconds.

    Parameters
    ----------
    probe : float
        For the whole exchange that says why a camera cannot be shown. Cameras on the local
        network answer within 0.05; 2 leaves room for a mobile uplink.
    open : float
        From opening to the first picture. Cameras send key frames every 1 to 4 s, some every 10.
    stall : float
        Without a new picture before a playing stream counts as stalled. Longer for cameras below
        one picture a second, see `frames_before_stall`.
    frames_before_stall : float
        A stream also has to miss this many of its own frames; counts, not seconds.
    retry_first, retry_most : float
        Pause before the first repeated attempt, doubled each time up to the second value.
    settled : float
        A stream that played this long starts over with `retry_first` when it is lost.
    skip_lag : float
        Behind the camera by more than this, pictures are decoded but not converted (measured.md:
        nine 720p streams on a starved machine reached 4.6 s).
    reopen_lag : float
        Behind by more than this, the stream is opened anew: OpenCV cannot drop undecoded frames.
    close : float
        For a worker to end by itself before it is killed.
    """

    probe: float = 2.0
    open: float = 10.0
    stall: float = 4.0
    frames_before_stall: float = 4.0
    retry_first: float = 1.0
    retry_most: float = 30.0
    settled: float = 10.0
    skip_lag: float = 0.5
    reopen_lag: float = 1.0
    close: float = 1.0
