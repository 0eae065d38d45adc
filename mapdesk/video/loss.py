"""Why a stream has no pictures, told to the user."""

from __future__ import annotations

from dataclasses import dataclass

from mapdesk.video.address import CameraAddress
from mapdesk.video.limits import Limits
from mapdesk.video.messages import EndReason
from mapdesk.video.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Loss:
    """Why there are no pictures (any more).

    Parameters
    ----------
    sentence : str
        For the user.
    is_final : bool
        Waiting does not mend it.
    """

    sentence: str
    is_final: bool = False


def explain(
    address: CameraAddress,
    verdict: Verdict,
    reason: EndReason | None,
    code: int,
    limits: Limits,
) -> Loss:
    """Say what a worker's end means to the user.

    Parameters
    ----------
    address : CameraAddress
        What was played.
    verdict : Verdict
        Of the probe before it.
    reason : EndReason or None
        As the worker or its watcher said; None if the worker broke.
    code : int
        The process's exit code.
    limits : Limits
        Patience that ran out.

    Returns
    -------
    Loss
        A sentence, and whether to try again.
    """
    place = f"The file {address.path}" if address.is_file else address.place
    codec = f"{verdict.codec} video" if verdict.codec else "video"
    match reason:
        case "not opened" if address.is_file:
            return Loss(
                f"{place} is not a video that can be read: convert it to MP4 with H.264.", True
            )
        case "no picture" if address.is_file:
            return Loss(
                f"{place} gave no picture within {limits.open:g} s, as happens where the machine is "
                "busy: trying again by itself."
            )
        case "not opened":
            return Loss(
                f"{place} answers, but its {codec} could not be opened: "
                "choose H.264 or H.265 in the camera, or restart it."
            )
        case "no picture":
            return Loss(
                f"{place} is connected but sent no picture within {limits.open:g} s: "
                "set a shorter key-frame interval in the camera, or restart it."
            )
        case "stalled":
            return Loss(f"{place} stopped sending pictures: trying again by itself.")
        case "ended":
            return Loss(f"{place} ended the stream: trying again by itself.")
        case None:
            return Loss(
                f"The process that plays {place} ended unexpectedly (code {code}): "
                "trying again by itself."
            )
