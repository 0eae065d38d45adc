"""Digest and Basic answers, against the examples of the RFCs."""

from __future__ import annotations

import base64

from mapdesk.video.authorization import authorize, choose_challenge, parse_challenge


def test_digest_of_rfc_2617() -> None:
    challenge = parse_challenge(
        'Digest realm="testrealm@host.com", qop="auth,auth-int", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    header = authorize(challenge, "GET", "/dir/index.html", "Mufasa", "Circle Of Life", "0a4f113b")
    assert 'response="6629fae49393a05397450978507c4ef1"' in header
    assert "qop=auth, nc=00000001" in header
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in header


def test_digest_of_rfc_2069() -> None:
    challenge = parse_challenge(
        'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    )
    header = authorize(challenge, "GET", "/dir/index.html", "Mufasa", "CircleOfLife")
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in header  # RFC 2069, erratum 749
    assert "cnonce" not in header


def test_basic() -> None:
    header = authorize(parse_challenge('Basic realm="camera"'), "GET", "/", "admin", "päss:word")
    assert base64.b64decode(header.removeprefix("Basic ")).decode() == "admin:päss:word"


def test_choice_is_what_ffmpeg_can_answer() -> None:
    headers = ['Basic realm="c"', 'Digest realm="c", nonce="n", algorithm=SHA-256',
               'Digest realm="c", nonce="n"']  # fmt: skip
    challenges = [parse_challenge(header) for header in headers]
    assert choose_challenge(challenges) is challenges[2]
    assert choose_challenge(challenges[:2]) is challenges[0]
    assert choose_challenge(challenges[1:2]) is None
    assert choose_challenge([]) is None
