"""Which reader a file needs, told by its name and checked against its first bytes."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mapdesk.formats import cityjson, geojson, osm, tabular, vector
from mapdesk.formats.reading import OSM, Progress, ReadOptions, ReadResult, plural
from mapdesk.model.errors import InputError, NotFoundError

Reader = Callable[[Path, ReadOptions, Progress], ReadResult]

_HEAD = 4096
_CITYJSON = re.compile(rb'"type"\s*:\s*"CityJSON"')


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    Parameters
    ----------
    title : str
        With its article, for sentences: "a GeoPackage".
    suffixes : tuple of str
        Ends of file names, lower case, the usual one first.
    fits : callable
        Whether a file's first bytes may be this format.
    read : callable
        Its reader.
    """

    title: str
    suffixes: tuple[str, ...]
    fits: Callable[[Path, bytes], bool]
    read: Reader


def _begins(*starts: bytes) -> Callable[[Path, bytes], bool]:
    return lambda _, head: head.startswith(starts)


def _is_workbook(path: Path, head: bytes) -> bool:
    return head.startswith(b"PK") and "xl/workbook.xml" in _members(path)


def _is_plain_zip(path: Path, head: bytes) -> bool:
    return head.startswith(b"PK") and not _is_workbook(path, head)


def _members(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except zipfile.BadZipFile:
        return []


def _is_cityjson(path: Path, head: bytes) -> bool:
    return _is_json(path, head) and _CITYJSON.search(path.read_bytes()) is not None


def _is_json(_: Path, head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[", b"\x1e{"))


def _is_xml(_: Path, head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _is_osm_xml(path: Path, head: bytes) -> bool:
    return _is_xml(path, head) and b"<osm" in head


def _is_osm_pbf(_: Path, head: bytes) -> bool:
    return b"OSMHeader" in head[:64]


def _is_text(_: Path, head: bytes) -> bool:
    return not head.startswith((b"PK", b"SQLite format 3", b"PAR1", b"fgb\x03", b"\x00\x00'\x0a"))


FORMATS = (
    Format("OpenStreetMap data in PBF", (".pbf",), _is_osm_pbf, osm.read),
    Format("OpenStreetMap data in XML", (".osm",), _is_osm_xml, osm.read),
    Format(
        "compressed OpenStreetMap data",
        (".osm.gz", ".osm.bz2"),
        _begins(b"\x1f\x8b", b"BZh"),
        osm.read,
    ),
    Format("a GeoPackage", (".gpkg",), _begins(b"SQLite format 3\0"), vector.read),
    Format("a GeoParquet file", (".parquet", ".geoparquet"), _begins(b"PAR1"), vector.read),
    Format("a FlatGeobuf file", (".fgb",), _begins(b"fgb\x03"), vector.read),
    Format("a Shapefile", (".shp",), _begins(b"\x00\x00\x27\x0a"), vector.read),
    Format("an Excel workbook", (*tabular.WORKBOOKS,), _is_workbook, tabular.read),
    Format("a zip file", (".zip",), _is_plain_zip, vector.read),
    Format("CityJSON", (".city.json", ".cityjson", ".json"), _is_cityjson, cityjson.read),
    Format("GeoJSON", (".geojson", ".json", ".geojsonl"), _is_json, geojson.read),
    Format("XML", (".gml", ".kml", ".gpx", ".xml"), _is_xml, vector.read),
    Format("a table", (".csv", ".tsv", ".txt"), _is_text, tabular.read),
)
"""Every format, those that are told apart by their first bytes before those that are not."""


def read(path: Path, options: ReadOptions, progress: Progress) -> ReadResult:
    """Read a file of any supported format.

    Parameters
    ----------
    path : Path
        The file.
    options : ReadOptions
        What to make of it.
    progress : callable
        Called with what is going on and a fraction from 0 to 1, from this thread.

    Returns
    -------
    ReadResult
        Rows by noun, in the district's CRS, and the report.

    Raises
    ------
    NotFoundError
        There is no such file.
    CrsError
        Coordinates contradict what they are said to be.
    InputError
        Anything else that is wrong with the file, in one sentence with what to do.
    """
    kind = identify(path)
    if options.noun == OSM and kind.read is not osm.read:
        raise InputError(
            f"{path.name} is {kind.title}, not OpenStreetMap data: say with --as what its rows are."
        )
    result = kind.read(path, options, progress)
    if result.refused and not any(result.kept.values()):
        reason, _ = Counter(refusal.reason for refusal in result.refused).most_common(1)[0]
        raise InputError(
            f"None of the {plural(result.read, 'row')} of {path.name} can be imported as"
            f" {options.noun}, mostly because it {reason}: check --as, --field and the file."
        )
    return result


def identify(path: Path) -> Format:
    """Return the format of a file.

    Raises
    ------
    NotFoundError, InputError
        The file is missing or empty, of no known format, or not what its name says.
    """
    if not path.exists():
        raise NotFoundError(f"There is no file {path}: check the path.")
    if path.is_dir():
        raise InputError(f"{path} is a folder: name the file inside it.")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise InputError(
            f"{path} cannot be opened ({error.strerror}): check its rights."
        ) from error
    if not head.strip():
        raise InputError(f"{path.name} is empty: fetch or export it again.")
    name = path.name.lower()
    named = [each for each in FORMATS if name.endswith(each.suffixes)]
    fitting = [each for each in named if each.fits(path, head)]
    if fitting:
        return fitting[0]
    content = next((each for each in FORMATS[:-1] if each.fits(path, head)), None)
    if content is not None:
        raise InputError(
            f"{path.name} holds {content.title}: rename it to end in {content.suffixes[0]}."
        )
    if named:
        raise InputError(
            f"{path.name} is not {named[0].title}, though its name says so:"
            " it is damaged or something else, export it again."
        )
    known = ", ".join(dict.fromkeys(each.suffixes[0] for each in FORMATS))
    raise InputError(f"{path.name} is of no kind that can be read: use one of {known}.")
