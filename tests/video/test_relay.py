"""The relay that saves a frame of latency: what it puts in, and what it leaves alone."""

from __future__ import annotations

import socket
import struct
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.video.frame_end import FrameEndMarker
from mapdesk.video.relay import Relay
from tests.video.cameras import closed_port

SDP = b"v=0\r\nm=audio 0 RTP/AVP 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 %s/90000\r\n"


def described(codec: bytes) -> bytes:
    body = SDP % codec
    return b"RTSP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def packet(
    sequence: int, payload: bytes, kind: int = 96, channel: int = 0, marker: bool = False
) -> bytes:
    rtp = struct.pack(">BBHII", 0x80, kind | marker << 7, sequence, 1234, 99) + payload
    return b"$" + bytes([channel]) + len(rtp).to_bytes(2, "big") + rtp


@pytest.mark.parametrize(
    ("codec", "delimiter"), [(b"H264", b"\x09\xf0"), (b"H265", b"\x46\x01\x50")]
)
def test_a_delimiter_follows_each_picture(codec: bytes, delimiter: bytes) -> None:
    marker = FrameEndMarker()
    assert marker.feed(described(codec)) == described(codec)
    sent = packet(65534, b"a") + packet(65535, b"b", marker=True) + packet(0, b"c", marker=True)
    assert marker.feed(sent) == (
        packet(65534, b"a")
        + packet(65535, b"b")
        + packet(0, delimiter, marker=True)
        + packet(1, b"c")
        + packet(2, delimiter, marker=True)
    )


def test_other_things_pass_unchanged() -> None:
    marker = FrameEndMarker()
    sent = (
        packet(1, b"before the description", marker=True)
        + described(b"H264")
        + packet(1, b"sound", kind=0, channel=2, marker=True)
        + b"$\x01\x00\x04\x80\xc8\x00\x01"  # RTCP
        + b"RTSP/1.0 200 OK\r\nCSeq: 9\r\n\r\n"
    )
    assert marker.feed(sent) == sent
    other = FrameEndMarker()
    sent = described(b"JPEG") + packet(1, b"a", marker=True)
    assert other.feed(sent) == sent


def test_what_is_not_rtsp_passes_unchanged() -> None:
    marker = FrameEndMarker()
    noise = b"x" * 300_000
    assert marker.feed(noise) == noise
    assert marker.feed(packet(1, b"a", marker=True)) == packet(1, b"a", marker=True)


@given(st.lists(st.integers(1, 40), max_size=30))
def test_how_the_bytes_are_cut_does_not_matter(cuts: list[int]) -> None:
    sent = described(b"H264") + b"".join(
        packet(number, bytes([number]) * number, marker=number % 3 == 0) for number in range(12)
    )
    whole, cut = FrameEndMarker().feed(sent), FrameEndMarker()
    passed, start = b"", 0
    for length in [*cuts, len(sent)]:
        passed += cut.feed(sent[start : start + length])
        start += length
    assert passed == whole


def test_relay_forwards_both_ways() -> None:
    with socket.create_server(("127.0.0.1", 0)) as camera:
        port = camera.getsockname()[1]
        with Relay(f"rtsp://u:p@ss@127.0.0.1:{port}/a?b=c", 5) as relay:
            assert relay.url.startswith("rtsp://u:p@ss@127.0.0.1:")
            assert relay.url.endswith("/a?b=c")
            with socket.create_connection(("127.0.0.1", _port(relay.url)), 5) as player:
                player.sendall(b"DESCRIBE")
                there, _ = camera.accept()
                with there:
                    assert there.recv(100) == b"DESCRIBE"
                    there.sendall(described(b"H264"))
                    assert player.recv(1000) == described(b"H264")
                assert player.recv(100) == b""  # the camera hung up


def test_relay_to_a_dead_camera_hangs_up() -> None:
    with (
        Relay(f"rtsp://{closed_port()}/a", 5) as relay,
        socket.create_connection(("127.0.0.1", _port(relay.url)), 5) as player,
    ):
        assert player.recv(100) == b""


def test_relay_ends_with_its_context() -> None:
    with socket.create_server(("127.0.0.1", 0)) as camera:
        closed = []
        with Relay(f"rtsp://127.0.0.1:{camera.getsockname()[1]}/a", 5) as relay:
            player = socket.create_connection(("127.0.0.1", _port(relay.url)), 5)
            player.sendall(b"x")
            there, _ = camera.accept()
            waiter = Thread(target=lambda: closed.append(player.recv(100)))
            waiter.start()
        waiter.join(5)
        assert closed == [b""]
        player.close()
        there.close()


def _port(url: str) -> int:
    return int(url.rpartition("127.0.0.1:")[2].partition("/")[0])
