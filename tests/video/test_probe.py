"""What the probe says about cameras that cannot be shown, and about those that can."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mapdesk.video.probe import probe
from tests.video.cameras import RtspServer, black_hole, closed_port, scripted

SDP = b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\n"


def rtsp_answer(status: int, headers: str = "", body: bytes = b"") -> bytes:
    head = f"RTSP/1.0 {status} X\r\nCSeq: 1\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def test_real_camera(server: RtspServer) -> None:
    verdict = probe(server.url("one"))
    assert (verdict.kind, verdict.codec, verdict.sentence) == ("ok", "H264", "")


def test_wrong_path(server: RtspServer) -> None:
    verdict = probe(server.url("three"))
    assert verdict.kind == "not found"
    assert f"127.0.0.1:{server.port}" in verdict.sentence


@pytest.mark.parametrize("kind", ["guarded_server", "basic_server"])
def test_passwords(kind: str, request: pytest.FixtureRequest) -> None:
    camera: RtspServer = request.getfixturevalue(kind)
    assert probe(camera.url("one", "admin:s3cret")).kind == "ok"
    wrong = probe(camera.url("one", "admin:hunter2"))
    assert wrong.kind == "auth"
    assert wrong.is_final
    assert "admin" in wrong.sentence
    assert "hunter2" not in wrong.sentence
    without = probe(camera.url("one"))
    assert without.kind == "auth"
    assert "asks for a user name" in without.sentence


def test_refused() -> None:
    place = closed_port()
    verdict = probe(f"rtsp://admin:s3cret@{place}/one")
    assert verdict.kind == "refused"
    assert not verdict.is_final
    assert place in verdict.sentence
    assert "s3cret" not in verdict.sentence


def test_black_hole() -> None:
    with black_hole() as place:
        verdict = probe(f"rtsp://{place}/one", timeout=0.2)
        assert verdict.kind == "timeout"
        assert "within 0.2 s" in verdict.sentence
        assert probe(f"http://{place}/one", timeout=0.2).kind == "timeout"


def test_frozen_camera(server: RtspServer) -> None:
    server.freeze()
    assert probe(server.url("one"), timeout=0.3).kind == "timeout"


def test_unknown_host() -> None:
    verdict = probe("rtsp://camera.invalid/one", timeout=10)
    assert verdict.kind in ("unreachable", "timeout")
    assert "camera.invalid" in verdict.sentence


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, "forbidden"), (404, "not found"), (453, "busy"), (503, "busy"), (461, "unsupported"),
     (500, "server error")],
)  # fmt: skip
def test_status(status: int, kind: str) -> None:
    with scripted(rtsp_answer(status)) as (place, _):
        assert probe(f"rtsp://{place}/one").kind == kind


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", "closed"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "unsupported"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "unsupported"),
        (b"x" * 200_000, "unsupported"),
        (rtsp_answer(200, body=b"v=0\r\nm=audio 0 RTP/AVP 0\r\n"), "unsupported"),
        (rtsp_answer(302, "Location: file:///etc/passwd\r\n"), "server error"),
    ],
)
def test_strange_answers(answer: bytes, kind: str) -> None:
    with scripted(answer) as (place, _):
        verdict = probe(f"rtsp://{place}/one")
        assert verdict.kind == kind
        assert verdict.sentence.endswith(".")


def test_sha_256_alone_cannot_be_played() -> None:
    challenge = 'WWW-Authenticate: Digest realm="c", nonce="n", algorithm=SHA-256, qop="auth"\r\n'
    with scripted(rtsp_answer(401, challenge)) as (place, _):
        verdict = probe(f"rtsp://admin:s3cret@{place}/one")
    assert verdict.kind == "unsupported"
    assert "SHA-256" in verdict.sentence


def test_redirect_keeps_the_credentials() -> None:
    challenge = 'WWW-Authenticate: Basic realm="c"\r\n'
    with (
        scripted(rtsp_answer(401, challenge), rtsp_answer(200, body=SDP)) as (there, asked),
        scripted(rtsp_answer(302, f"Location: rtsp://{there}/main\r\n")) as (here, _),
    ):
        verdict = probe(f"rtsp://admin:s3cret@{here}/one")
    assert (verdict.kind, verdict.codec) == ("ok", "H265")
    assert b"Authorization: Basic" in asked[1]


def test_http() -> None:
    picture = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=x\r\n\r\n"
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>"
    with scripted(picture, page, b"HTTP/1.1 404 No\r\n\r\n") as (place, asked):
        assert probe(f"http://{place}/v?x=1").codec == "multipart/x-mixed-replace"
        assert probe(f"http://{place}/").kind == "unsupported"
        assert probe(f"http://{place}/none").kind == "not found"
    assert asked[0].startswith(b"GET /v?x=1 HTTP/1.1\r\n")


def test_files(tmp_path: Path) -> None:
    empty, full = tmp_path / "empty.mp4", tmp_path / "full.mp4"
    empty.touch()
    full.write_bytes(b"video")
    assert probe(str(tmp_path / "none.mp4")).kind == "missing file"
    assert probe(str(tmp_path)).kind == "missing file"
    assert probe(str(empty)).kind == "unsupported"
    assert probe(full.as_uri()).kind == "ok"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads anything")
def test_unreadable_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(b"video")
    secret.chmod(0)
    assert probe(str(secret)).kind == "forbidden"


@pytest.mark.parametrize("url", ["srt://10.0.0.5:9000", "rtsp://h:99999/", "rtsp:///x"])
def test_addresses_that_are_none(url: str) -> None:
    verdict = probe(url)
    assert verdict.kind == "unsupported"
    assert verdict.sentence.endswith(".")
