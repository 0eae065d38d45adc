"""Rows of a text file, one at a time: a register of any size in bounded memory.

The file is gone through twice: once for its encoding and its lines, once for its rows. Neither a missing
line end nor an unclosed quotation mark makes it hold more than `LONGEST_ROW` characters.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

from mapdesk.formats.encodings import MARKS, guess, utf16_without_mark
from mapdesk.formats.tabular import delimiter_of
from mapdesk.model.errors import InputError

MOST_ROWS = 3_000_000
"""Lines of a register that is read: three times the largest sub-district's (1,030,000 people). At the peak a
row takes 650 to 750 bytes of memory (measured), all of them 2.3 GB: what a machine of 8 GB has to spare. How
wide rows are does not count, as columns that are not asked for are dropped on the way."""

LONGEST_ROW = 1_000_000
"""Characters of a row, line ends within quotation marks included."""

Row = tuple[int, list[str]]
"""Number of the row's first line in the file, from 1, and its cells."""

_PART = 1 << 22
_HEAD = 1 << 16

_BINARY = 0.01
"""Share of zero bytes from which on a file is no text with a few spoilt places."""


class TextRows:
    """A text file as rows.

    Parameters
    ----------
    path : Path
        CSV, TSV or text with ``, ; tab |`` between cells, in UTF-8, UTF-16 or GB18030.

    Raises
    ------
    InputError
        It is no text, in another encoding, or has more than `MOST_ROWS` lines.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = max(1, path.stat().st_size)
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
        if not head.strip():
            raise InputError(f"{path.name} is empty: export it again with data in it.")
        self.encoding = self._marked(head) or self._judged()
        self._count_lines()
        with path.open(encoding=self.encoding, newline="", errors="replace") as text:
            self._delimiter = delimiter_of(text.read(_HEAD))
        self._at = 0

    @property
    def part(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return min(1.0, self._at / self._size)

    def rows(self) -> Iterator[Row]:
        """Yield every row, blank ones too.

        Raises
        ------
        InputError
            A row is longer than `LONGEST_ROW`, or the text is damaged.
        """
        name = self._path.name
        with self._path.open("rb") as raw, TextIOWrapper(raw, self.encoding, newline="") as text:
            lines = _Lines(text, name)
            table = csv.reader(lines, delimiter=self._delimiter)
            first = 1
            try:
                for cells in table:
                    yield first, cells
                    first = table.line_num + 1
                    lines.taken = 0
                    if first % 4096 == 0:
                        self._at = raw.tell()
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{name} begins like {self.encoding.upper()} but is damaged after line"
                    f" {first:,}: save it again as UTF-8."
                ) from error
            except csv.Error as error:
                raise InputError(
                    f"{name} is not a table that can be read ({error}, line {first:,}):"
                    " save it again as CSV in UTF-8."
                ) from error
        self._at = self._size

    def _marked(self, head: bytes) -> str | None:
        """Return the encoding a file's first bytes tell; None where they do not."""
        for mark, encoding in MARKS:
            if head.startswith(mark):
                return encoding
        encoding_16 = utf16_without_mark(head)
        if encoding_16 is None and head.count(0) > _BINARY * len(head):
            raise InputError(
                f"{self._path.name} is not a text file: save the table as CSV in UTF-8, or as .xlsx."
            )
        return encoding_16

    def _judged(self) -> str:
        """Tell UTF-8 from GB18030 by the whole file."""
        decoders = {
            name: codecs.getincrementaldecoder(name)("strict") for name in ("utf-8", "gb18030")
        }
        sample = b""
        with self._path.open("rb") as stream:
            while part := stream.read(_PART):
                if not sample and not part.isascii():
                    sample = part[part.find(b"\n") + 1 :].rpartition(b"\n")[0] or part
                for name in list(decoders):
                    try:
                        decoders[name].decode(part)
                    except UnicodeDecodeError:
                        del decoders[name]
        for name, decoder in list(decoders.items()):
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                del decoders[name]
        if "utf-8" in decoders:
            return "utf-8"
        if "gb18030" in decoders and guess([sample]) == "gb18030":
            return "gb18030"
        raise InputError(
            f"{self._path.name} is in an encoding that is neither UTF-8, UTF-16 nor GB18030, or is"
            " damaged: save it as UTF-8."
        )

    def _count_lines(self) -> None:
        lines = 0
        with self._path.open("rb") as stream:
            while part := stream.read(_PART):
                lines += part.count(b"\n")
        if lines > MOST_ROWS + 1:
            raise InputError(
                f"{self._path.name} has {lines:,} lines, and a register is read up to {MOST_ROWS:,}:"
                " split it into several files."
            )


class _Lines:
    """Lines for the csv reader, which would take an unclosed quotation to the end of the file."""

    def __init__(self, text: TextIOWrapper, name: str) -> None:
        self._text, self._name = text, name
        self.taken = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_ROW + 1)
        if not line:
            raise StopIteration
        self.taken += len(line)
        if self.taken > LONGEST_ROW:
            raise InputError(
                f"{self._name} has a row of more than {LONGEST_ROW:,} characters: look for a missing"
                " line end or an unclosed quotation mark."
            )
        return line
