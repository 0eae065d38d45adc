"""Marks the end of each picture in an RTSP connection, which saves one frame of latency.

FFmpeg cuts an H.264 or H.265 stream into pictures where the next one begins, so every picture
waits for its successor: 40 ms at 25 frames a second, nine tenths of the whole latency. Cameras do
say when a picture is complete, by the marker bit of its last RTP packet (RFC 6184, 5.1), but FFmpeg's
RTSP reader does not use it. So after each marked packet one more is put in that holds an access
unit delimiter: the first thing of the next picture, as far as FFmpeg's parser is concerned.

No sockets here: bytes in, bytes out (:mod:`mapdesk.video.relay` has the sockets).
"""

from __future__ import annotations

import re
import struct
from typing import Final

from mapdesk.video.description import video_track

#: Access unit delimiters for any kind of picture: H.264 (table 7-5) and H.265 (table 7-2).
_DELIMITERS: Final = {"H264": b"\x09\xf0", "H265": b"\x46\x01\x50"}

_RTP_HEADER: Final = struct.Struct(">BBH8s")
_MARKER: Final = 0x80
_CONTENT_LENGTH: Final = re.compile(rb"^content-length:\s*(\d+)", re.IGNORECASE | re.MULTILINE)

#: More than any camera's reply (a description has a few KiB) and any interleaved packet (64 KiB).
_MOST_MESSAGE: Final = 256 * 1024


class FrameEndMarker:
    """Passes on what a camera sends over one RTSP connection, delimiters put in.

    Anything it does not understand passes unchanged: streams of other codecs, other channels
    (sound, RTCP), and everything after a byte that fits no RTSP message.
    """

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._payload_type: int | None = None
        self._delimiter = b""
        self._added: dict[int, int] = {}
        self._is_lost = False

    def feed(self, data: bytes) -> bytes:
        """Take bytes from the camera; return those that are due to the player."""
        if self._is_lost:
            return data
        self._waiting += data
        passed = bytearray()
        while (size := self._message_size()) is not None:
            message = bytes(self._waiting[:size])
            del self._waiting[:size]
            passed += self._marked(message) if message[:1] == b"$" else self._noted(message)
        if len(self._waiting) > _MOST_MESSAGE:  # not RTSP: from now on all passes as it is
            self._is_lost = True
            passed += self._waiting
            self._waiting.clear()
        return bytes(passed)

    def _message_size(self) -> int | None:
        """Return the size of the first message, None until all of it is there."""
        waiting = self._waiting
        if not waiting:
            return None
        if waiting[:1] == b"$":  # interleaved data, RFC 2326, 10.12
            size = 4 + int.from_bytes(waiting[2:4], "big")
            return size if len(waiting) >= max(size, 4) else None
        end = waiting.find(b"\r\n\r\n")
        if end < 0:
            return None
        length = _CONTENT_LENGTH.search(waiting, 0, end + 2)
        size = end + 4 + (int(length[1]) if length else 0)
        return size if len(waiting) >= size else None

    def _noted(self, message: bytes) -> bytes:
        """Learn from a description which packets are the video's; messages pass unchanged."""
        track = video_track(message.decode(errors="replace"))
        if track is not None:
            payload_type, codec = track
            self._payload_type = payload_type
            self._delimiter = _DELIMITERS.get(codec, b"")
        return message

    def _marked(self, frame: bytes) -> bytes:
        """Renumber a packet of the video, and add a delimiter after the last of a picture."""
        if not self._delimiter or len(frame) < 4 + _RTP_HEADER.size:
            return frame
        version, kind, sequence, rest = _RTP_HEADER.unpack_from(frame, 4)
        if version >> 6 != 2 or kind & 0x7F != self._payload_type:
            return frame
        channel = frame[1]
        added = self._added.get(channel, 0)
        moved = (sequence + added) & 0xFFFF
        payload = frame[4 + _RTP_HEADER.size :]
        if not kind & _MARKER:
            return frame[:4] + _RTP_HEADER.pack(version, kind, moved, rest) + payload
        self._added[channel] = added + 1
        last = _RTP_HEADER.pack(version, kind & 0x7F, moved, rest)
        # The delimiter's packet has neither padding, extension nor sources.
        extra = _RTP_HEADER.pack(0x80, kind, (moved + 1) & 0xFFFF, rest) + self._delimiter
        head = struct.pack(">cBH", b"$", channel, len(extra))
        return frame[:4] + last + payload + head + extra
