"""The key of an encrypted district, and how bytes are sealed with it.

Everything beside the database is sealed here with AES-256-GCM (NIST SP 800-38D); the database itself is
sealed by DuckDB with a key derived from the same data key. What a sealed thing is of, its place, is
authenticated with it, so that two of them cannot be exchanged.

Large files are sealed by chunks of 64 KiB after the STREAM construction (Hoang, Reyhanitabar, Rogaway
and Vizar, "Online authenticated-encryption and its nonce-reuse misuse-resistance", CRYPTO 2015): a key
of the file's own, the chunk's number in the nonce and a mark on the last one, so that a file that was
cut off, reordered or extended does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mapdesk.model.errors import InputError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

KEY_BYTES = 32
MAGIC = b"mapdesk\x01"
"""Every sealed file begins with this; all that follows looks random."""
CHUNK = 1 << 16
_NONCE = 12
_SALT = 32
_TAG = 16


class Vault:
    """The data key of one encrypted district. Any thread.

    Parameters
    ----------
    data_key : bytes
        32 random bytes, made with the district and never changed; a passphrase only wraps them.
    """

    def __init__(self, data_key: bytes) -> None:
        if len(data_key) != KEY_BYTES:
            raise ValueError(f"a data key has {KEY_BYTES} bytes, not {len(data_key)}")
        self.data_key = data_key
        # NIST SP 800-38D, 8.3: 2**32 random nonces for one key; a record of looks stays far below.
        self._records = AESGCM(self.derived("records"))

    def __repr__(self) -> str:
        """Never show the key."""
        return "Vault(***)"

    def derived(self, use: str, salt: bytes | None = None) -> bytes:
        """Return the 32-byte key for one use (HKDF with SHA-256, RFC 5869)."""
        return HKDF(SHA256(), KEY_BYTES, salt, b"mapdesk " + use.encode()).derive(self.data_key)

    @property
    def chain_key(self) -> bytes:
        """Key of the hashes that chain the record of looks."""
        return self.derived("audit chain")

    def seal(self, content: bytes, place: str = "") -> bytes:
        """Return `content` sealed: nonce, ciphertext and tag, 28 bytes more than came in.

        Parameters
        ----------
        place : str
            What it is of: a path in the district, a table's column; needed again for opening.
        """
        nonce = os.urandom(_NONCE)
        return nonce + self._records.encrypt(nonce, content, place.encode())

    def open(self, sealed: bytes, place: str = "") -> bytes:
        """Return what was sealed.

        Raises
        ------
        InputError
            It was changed, or belongs to another key or place.
        """
        try:
            return self._records.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise _changed(place) from error

    def name(self, place: str) -> str:
        """Return a file name that tells nothing of `place` and is always the same for it."""
        return hmac.new(self.derived("names"), place.encode(), hashlib.sha256).hexdigest()[:40]

    def writer(self, target: BinaryIO, place: str) -> SealedWriter:
        """Return a file that seals into `target` what is written to it; close it to finish."""
        salt = os.urandom(_SALT)
        target.write(MAGIC + salt)
        return SealedWriter(target, AESGCM(self.derived(f"file {place}", salt)))

    def chunks(self, source: BinaryIO, place: str) -> Iterator[bytes]:
        """Yield what a `writer` sealed, by chunks, each of them authentic.

        Raises
        ------
        InputError
            The file was cut off, extended or changed, or belongs to another key or place. Chunks
            yielded before are authentic, but only the end of the iteration says that it is whole.
        """
        head = source.read(len(MAGIC) + _SALT)
        if len(head) != len(MAGIC) + _SALT or not head.startswith(MAGIC):
            raise _changed(place)
        cipher = AESGCM(self.derived(f"file {place}", head[len(MAGIC) :]))
        sealed = source.read(CHUNK + _TAG)
        number = 0
        while True:
            following = source.read(CHUNK + _TAG)
            try:
                yield cipher.decrypt(_chunk_nonce(number, last=not following), sealed, None)
            except (InvalidTag, ValueError) as error:
                raise _changed(place) from error
            if not following:
                return
            sealed = following
            number += 1

    @contextmanager
    def writing(self, path: Path, place: str) -> Iterator[SealedWriter]:
        """Give a file that is sealed into `path`, which appears only when all of it is on disk."""
        with _replacing(path) as file, self.writer(file, place) as writer:
            yield writer

    def write_file(self, path: Path, place: str, content: bytes) -> None:
        """Seal `content` into the file `path`, wholly or not at all."""
        with self.writing(path, place) as file:
            file.write(content)

    def read_file(self, path: Path, place: str) -> bytes:
        """Return what the file `path` holds; InputError where it is not as it was written."""
        with path.open("rb") as file:
            return b"".join(self.chunks(file, place))


class SealedWriter(io.BufferedIOBase):
    """A file that seals what is written to it; it cannot be read or rewound.

    Parameters
    ----------
    target : BinaryIO
        Where sealed chunks go; stays open.
    cipher : AESGCM
        With a key used for this file alone, so that its nonces can count.
    """

    def __init__(self, target: BinaryIO, cipher: AESGCM) -> None:
        self._target = target
        self._cipher = cipher
        self._waiting = bytearray()
        self._number = 0

    def write(self, content: ReadableBuffer, /) -> int:
        """Seal `content`; what does not fill a chunk waits."""
        view = memoryview(content).cast("B")
        self._waiting += view
        done = 0
        # The last chunk is known only at the end: one that is just full waits too.
        while len(self._waiting) - done > CHUNK:
            self._put(bytes(self._waiting[done : done + CHUNK]), last=False)
            done += CHUNK
        del self._waiting[:done]
        return len(view)

    def close(self) -> None:
        """Write the last chunk."""
        if not self.closed:
            self._put(bytes(self._waiting), last=True)
            self._waiting.clear()
        super().close()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_chunk_nonce(self._number, last=last), chunk, None))
        self._number += 1


def is_sealed(path: Path) -> bool:
    """Say whether a file was sealed by a vault."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a new file that takes the place of `path` when it is on disk."""
    temporary = path.with_name(path.name + ".new")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _chunk_nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_NONCE - 1, "big") + bytes([last])


def _changed(place: str) -> InputError:
    return InputError(
        f"{place or 'A sealed record'} was changed or belongs to another district; "
        "restore it from a backup."
    )
