"""Addresses: taken apart, and never shown with a password."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.video.address import parse_address, redact


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://admin:s3cret@10.0.0.5:554/ch1", "rtsp://admin:***@10.0.0.5:554/ch1"),
        ("rtsp://admin:p@ss@10.0.0.5/ch1", "rtsp://admin:***@10.0.0.5/ch1"),
        ("rtsp://admin:pa/ss@10.0.0.5/ch1", "rtsp://admin:***@10.0.0.5/ch1"),
        ("rtsp://admin:pa#s?s@10.0.0.5/ch1", "rtsp://admin:***@10.0.0.5/ch1"),
        ("rtsp://admin@10.0.0.5/ch1", "rtsp://admin@10.0.0.5/ch1"),
        ("rtsp://10.0.0.5:554/ch1@main", "rtsp://10.0.0.5:554/ch1@main"),
        ("rtsp://u:p@[fe80::1]:554/a", "rtsp://u:***@[fe80::1]:554/a"),
        ("http://h/v?user=admin&pwd=s3cret&ch=1", "http://h/v?user=admin&pwd=***&ch=1"),
        ("http://h/v?access_token=s3cret", "http://h/v?access_token=***"),
        ("http://u:s3cret@[broken/v", "http://u:***@[broken/v"),
        ("/media/clip.mp4", "/media/clip.mp4"),
        ("", ""),
    ],
)
def test_redact(url: str, shown: str) -> None:
    assert redact(url) == shown
    assert redact(shown) == shown


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=4))
def test_redact_never_shows_the_password(password: str) -> None:
    secret = f"Zq{password}qZ"
    assert secret not in redact(f"rtsp://admin:{secret}@10.0.0.5:554/channel")


def test_parse_network_addresses() -> None:
    address = parse_address("rtsp://adm%40in:p%2Fw@10.0.0.5/ch1?sub=1")
    assert (address.host, address.port, address.place) == ("10.0.0.5", 554, "10.0.0.5:554")
    assert (address.user, address.password) == ("adm@in", "p/w")
    assert address.target == "rtsp://10.0.0.5:554/ch1?sub=1"
    assert parse_address("https://cam.example/a b").target == "/a%20b"
    assert parse_address("http://[fe80::1]:81").place == "[fe80::1]:81"
    assert parse_address("http://[fe80::1]:81").target == "/"


def test_parse_files_and_others(tmp_path: Path) -> None:
    file = tmp_path / "a b.mp4"
    assert parse_address(str(file)).path == file
    assert parse_address(file.as_uri()).path == file
    assert parse_address("srt://10.0.0.5:9000").scheme == "other"


@pytest.mark.parametrize("url", ["rtsp:///ch1", "rtsp://h:99999/a", "http://h:port/"])
def test_parse_refuses(url: str) -> None:
    with pytest.raises(ValueError, match=r"host|[Pp]ort"):
        parse_address(url)
