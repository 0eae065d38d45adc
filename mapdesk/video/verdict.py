"""What a camera's answer means to the user: a kind for programs, a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from mapdesk.video.address import CameraAddress
from mapdesk.video.authorization import choose_challenge, parse_challenge
from mapdesk.video.description import video_track
from mapdesk.video.exchange import Reply

VerdictKind = Literal[
    "ok",
    "refused",  # nothing listens at the port
    "unreachable",  # no way to the host, or no such host
    "timeout",
    "auth",  # user name or password wrong or not given
    "forbidden",
    "not found",
    "busy",
    "closed",  # hung up without an answer
    "server error",
    "missing file",
    "unsupported",
]

#: Kinds that waiting cannot mend. A wrong password is never tried again by itself: many cameras
#: lock the account after five to seven failed logins.
FINAL_KINDS: Final[frozenset[VerdictKind]] = frozenset(
    {"auth", "forbidden", "missing file", "unsupported"}
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the probe found.

    Parameters
    ----------
    kind : VerdictKind
        ``ok``, or what is wrong.
    sentence : str
        One English sentence with what to do, without any password; empty if ok.
    codec : str or None
        As the camera names it (``H264``, ``H265``, ``JPEG``, or the media type of an HTTP
        answer); None where it did not say.
    """

    kind: VerdictKind
    sentence: str = ""
    codec: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether trying again by itself is pointless, or harmful."""
        return self.kind in FINAL_KINDS


def judge(address: CameraAddress, reply: Reply) -> Verdict:
    """Turn a camera's final answer into a verdict."""
    place = address.place
    match reply.status:
        case 200 | 206:
            return _judge_content(address, reply)
        case 401:
            return _judge_password(address, reply)
        case 403:
            return Verdict(
                "forbidden",
                f"{place} does not allow this: give the user the right to live video in the "
                "camera, or allow this computer's address there.",
            )
        case 404 | 410:
            return Verdict(
                "not found",
                f"{place} has no stream at this path: copy the stream's path from the camera's "
                "own settings (main and sub stream differ).",
            )
        case 453 | 429 | 503:
            return Verdict(
                "busy",
                f"{place} serves as many viewers as it can (status {reply.status}): "
                "close another viewer, or use the sub stream.",
            )
        case 405 | 406 | 415 | 461 | 501 | 505 | 551:
            return Verdict(
                "unsupported",
                f"{place} does not offer live video this way (status {reply.status}): "
                "check the address.",
            )
        case status:
            return Verdict(
                "server error",
                f"{place} answered with error {status}: try again later or restart the camera.",
            )


def _judge_password(address: CameraAddress, reply: Reply) -> Verdict:
    challenges = [parse_challenge(header) for header in reply.challenges]
    if challenges and choose_challenge(challenges) is None:
        offered = " and ".join(
            sorted(
                {
                    f"{one.scheme.title()} {one.fields.get('algorithm', '')}".strip()
                    for one in challenges
                }
            )
        )
        return Verdict(
            "unsupported",
            f"{address.place} accepts passwords by {offered} only, which FFmpeg cannot do: "
            "allow Digest MD5 as well in the camera's settings.",
        )
    if not address.user:
        return Verdict(
            "auth",
            f"{address.place} asks for a user name and a password: add them to the camera.",
        )
    return Verdict(
        "auth",
        f"{address.place} does not accept the user name {address.user} with this password: "
        "correct them in the camera's entry (too many attempts can lock the account).",
    )


def _judge_content(address: CameraAddress, reply: Reply) -> Verdict:
    if address.scheme in ("http", "https"):
        media_type = reply.headers.get("content-type", [""])[0].partition(";")[0].strip().lower()
        if media_type == "text/html":
            return Verdict(
                "unsupported",
                f"{address.place} answers with a web page instead of a video: "
                "use the address of the video itself, see the camera's manual.",
            )
        return Verdict("ok", codec=media_type or None)
    track = video_track(reply.body)
    if track is None:
        return Verdict(
            "unsupported",
            f"{address.place} sends no video at this path, only sound or data: "
            "copy the path of a video stream from the camera's settings.",
        )
    return Verdict("ok", codec=track[1])
