"""What is sealed opens again, and nothing else does."""

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.model.errors import InputError
from mapdesk.store.vault import CHUNK, KEY_BYTES, MAGIC, Vault

VAULT = Vault(bytes(range(KEY_BYTES)))
HEAD = len(MAGIC) + 32
SEALED_CHUNK = CHUNK + 16


def sealed(content, place="media/a", vault=VAULT):
    target = io.BytesIO()
    with vault.writer(target, place) as file:
        file.write(content)
    return target.getvalue()


def opened(content, place="media/a", vault=VAULT):
    return b"".join(vault.chunks(io.BytesIO(content), place))


@given(st.binary(max_size=300), st.text(max_size=20))
def test_a_record_opens_in_its_place_alone(content, place):
    record = VAULT.seal(content, place)
    assert VAULT.open(record, place) == content
    assert VAULT.seal(content, place) != record
    with pytest.raises(InputError):
        VAULT.open(record, place + "x")
    with pytest.raises(InputError):
        Vault(bytes(KEY_BYTES)).open(record, place)


@given(st.binary(max_size=60), st.integers(0, 10_000))
def test_a_record_changed_in_any_bit_does_not_open(content, where):
    record = bytearray(VAULT.seal(content))
    bit = where % (len(record) * 8)
    record[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InputError):
        VAULT.open(bytes(record))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17])
def test_a_file_opens_whatever_its_size(size):
    content = bytes(number % 251 for number in range(size))
    assert opened(sealed(content)) == content


@given(st.lists(st.integers(0, 2 * CHUNK), max_size=4))
def test_a_file_may_be_written_in_pieces(sizes):
    pieces = [bytes([number + 1]) * size for number, size in enumerate(sizes)]
    target = io.BytesIO()
    with VAULT.writer(target, "p") as file:
        for piece in pieces:
            file.write(memoryview(piece))
    assert opened(target.getvalue(), "p") == b"".join(pieces)
    # All chunks but the last are full, whatever the pieces were.
    assert len(target.getvalue()) - HEAD == sum(sizes) + 16 * max(1, -(-sum(sizes) // CHUNK))


CONTENT = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c" * 100)
CHUNKS = [CONTENT[HEAD + n * SEALED_CHUNK :][:SEALED_CHUNK] for n in range(3)]


@pytest.mark.parametrize(
    "changed",
    [
        b"",
        CONTENT[:HEAD],
        CONTENT[:-1],
        CONTENT[: HEAD + SEALED_CHUNK],
        CONTENT[: HEAD + 2 * SEALED_CHUNK],
        CONTENT + b"x",
        CONTENT + CHUNKS[2],
        CONTENT[:HEAD] + CHUNKS[1] + CHUNKS[0] + CHUNKS[2],
        CONTENT[:HEAD] + CHUNKS[0] + CHUNKS[2],
        sealed(b"z")[:HEAD] + CONTENT[HEAD:],
        CONTENT[:HEAD] + bytes([CONTENT[HEAD] ^ 1]) + CONTENT[HEAD + 1 :],
        b"PK" + CONTENT[2:],
    ],
    ids=[
        "empty", "head alone", "last byte", "one chunk", "two chunks", "a byte more", "last twice",
        "exchanged", "one left out", "another's head", "a bit", "no magic",
    ],
)  # fmt: skip
def test_a_file_that_was_meddled_with_does_not_open(changed):
    with pytest.raises(InputError, match="media/a was changed"):
        opened(changed)


def test_a_file_opens_in_its_place_with_its_key_alone():
    with pytest.raises(InputError):
        opened(CONTENT, "media/b")
    with pytest.raises(InputError):
        opened(CONTENT, vault=Vault(bytes(KEY_BYTES)))


def test_a_file_is_there_wholly_or_not_at_all(tmp_path):
    path = tmp_path / "file"
    VAULT.write_file(path, "file", b"first")
    with suppress(RuntimeError), VAULT.writing(path, "file") as file:
        file.write(b"second" * CHUNK)
        raise RuntimeError
    assert VAULT.read_file(path, "file") == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_keys_of_different_uses_differ_and_the_vault_does_not_show_any():
    keys = {
        VAULT.derived("store"),
        VAULT.derived("records"),
        VAULT.derived("names"),
        VAULT.data_key,
    }
    assert len(keys) == 4
    assert VAULT.name("a") == VAULT.name("a") != VAULT.name("b")
    assert not any(key.hex() in repr(VAULT) or str(key) in repr(VAULT) for key in keys)
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(b"short")
