"""The codes are those of RFC 6238, and none is taken twice."""

import base64
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.model import codes

RFC = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238_appendix_b(seconds, code):
    assert codes.code_at(RFC, seconds // codes.STEP, 8) == code
    assert codes.code_at(RFC, seconds // codes.STEP) == code[2:]


@given(st.integers(0, 2**33), st.integers(-3, 3))
def test_a_code_is_taken_one_step_early_or_late_and_no_more(seconds, steps):
    step = seconds // codes.STEP + steps
    if step < 0:
        return
    taken = codes.step_of(RFC, codes.code_at(RFC, step), seconds, -1)
    assert (taken == step) or (abs(steps) > 1 and taken != step)


@given(st.integers(60, 2**33))
def test_a_code_is_taken_once(seconds):
    code = codes.code_at(RFC, seconds // codes.STEP)
    used = codes.step_of(RFC, code, seconds, 0)
    assert codes.step_of(RFC, code, seconds, used) is None


def test_spaces_do_not_matter_and_rubbish_is_no_code():
    code = codes.code_at(RFC, 40)
    assert codes.step_of(RFC, f" {code[:3]} {code[3:]} ", 40 * 30, 0) == 40
    for wrong in ("", "12345", "١٢٣٤٥٦", "abcdef", "1" * 100):
        assert codes.step_of(RFC, wrong, 40 * 30, 0) is None


def test_the_address_says_what_an_authenticator_needs():
    secret = codes.new_secret()
    parts = urlsplit(codes.address(secret, "王敏", "Test & town"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/mapdesk Test & town:王敏"
    values = parse_qs(parts.query)
    assert values["secret"] == [secret]
    assert values["issuer"] == ["mapdesk Test & town"]
    assert (values["digits"], values["period"]) == (["6"], ["30"])


def test_a_secret_is_long_new_and_readable():
    one, other = codes.new_secret(), codes.new_secret()
    assert one != other
    assert len(base64.b32decode(one)) == codes.SECRET_BYTES
    assert codes.grouped(one).split(" ") == [one[at : at + 4] for at in range(0, 32, 4)]
