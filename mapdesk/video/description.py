"""What a camera says it sends: the part of SDP (RFC 8866) that matters here."""

from __future__ import annotations

import re
from typing import Final

#: Codecs of static RTP payload types (RFC 3551, table 5) that have no ``rtpmap`` line.
_STATIC_CODECS: Final = {"26": "JPEG", "31": "H261", "32": "MPV", "33": "MP2T", "34": "H263"}


def video_track(description: str) -> tuple[int, str] | None:
    """Return payload type and codec of the first video track of an SDP, None without one.

    Codecs have RTP's names: ``H264``, ``H265``, ``JPEG``; ``unknown`` if the track names none.
    """
    track = re.search(r"^m=video \S+ \S+ (\d+)", description, re.MULTILINE)
    if track is None:
        return None
    named = re.search(rf"^a=rtpmap:{track[1]} ([\w.-]+)/", description[track.end() :], re.MULTILINE)
    codec = named[1].upper() if named else _STATIC_CODECS.get(track[1], "unknown")
    return int(track[1]), codec
