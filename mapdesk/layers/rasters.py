"""Pictures of the ground as layers: where each comes from and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from mapdesk.model.addresses import without_keys
from mapdesk.model.errors import InputError
from mapdesk.model.spans import Span, span_of

RasterKind = Literal["file", "mbtiles", "pmtiles", "xyz", "wmts"]
KINDS: tuple[RasterKind, ...] = get_args(RasterKind)
FROM_SERVERS: tuple[RasterKind, ...] = ("xyz", "wmts")

DARKEST, LIGHTEST = 0.2, 2.0
"""Least and most of `RasterLayer.brightness`."""
LONGEST_ATTRIBUTION = 200
LONGEST_SOURCE = 2000


@dataclass(frozen=True)
class RasterLayer:
    """One raster kept with the district.

    Parameters
    ----------
    name : str
        Its key and what people call it.
    kind : RasterKind
    source : str
        Path of a file, or template of an address.
    attribution : str
        Whose it is; stands on every map and print that shows it.
    crs : str
        "EPSG:N" or "GCJ-02" where the source does not say; empty otherwise.
    bands : tuple of int
        Bands shown; empty for the file's own.
    coarsest, finest : int
        Levels a server has.
    order : int
        Those of higher order lie over lower ones.
    opacity : float
        0 to 1.
    brightness : float
        `DARKEST` to `LIGHTEST`; 1 leaves it as it is.
    shown : bool
        Drawn on the imagery base map.
    taken : str
        When, as `model.spans.span_of` reads it; empty where it is not known.
    """

    name: str
    kind: RasterKind
    source: str
    attribution: str = ""
    crs: str = ""
    bands: tuple[int, ...] = ()
    coarsest: int = 0
    finest: int = 19
    order: int = 0
    opacity: float = 1.0
    brightness: float = 1.0
    shown: bool = True
    taken: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"'{self.kind}' is none of {', '.join(KINDS)}.")
        if not 0 < len(self.source) <= LONGEST_SOURCE:
            raise InputError("A raster needs a file or an address of tiles.")
        if len(self.attribution) > LONGEST_ATTRIBUTION:
            raise InputError(f"An attribution has {LONGEST_ATTRIBUTION} characters at most.")
        if not 0.0 <= self.opacity <= 1.0:
            raise InputError(f"Opacity goes from 0 to 1 (100 %), not {self.opacity:g}.")
        if not DARKEST <= self.brightness <= LIGHTEST:
            raise InputError(
                f"Brightness goes from {DARKEST:g} to {LIGHTEST:g}, not {self.brightness:g}."
            )
        if not 0 <= self.coarsest <= self.finest <= 24:
            raise InputError(
                f"Levels go from 0 to 24, the coarsest first, not {self.coarsest} to {self.finest}."
            )
        if len(self.bands) not in (0, 1, 3):
            raise InputError("Choose one band for grey, or three for red, green and blue.")
        if self.taken:
            span_of(self.taken)

    @property
    def origin(self) -> RasterLayer:
        """The layer without how it is shown: two of the same origin have the same pixels."""
        plain = replace(self, attribution="", order=0, opacity=1.0, brightness=1.0)
        return replace(plain, shown=True, taken="")

    @property
    def span(self) -> Span | None:
        """When it was taken; None where that is not known."""
        return span_of(self.taken) if self.taken else None

    @property
    def is_remote(self) -> bool:
        """Whether its tiles come over the network."""
        return self.kind in FROM_SERVERS

    @property
    def source_shown(self) -> str:
        """The source without keys that are in its address."""
        return without_keys(self.source) if self.is_remote else self.source

    def content(self) -> dict[str, Any]:
        """Return what is kept under the name, as JSON values."""
        kept = asdict(self)
        del kept["name"]
        return kept | {"bands": list(self.bands)}


_TYPES: dict[str, type | tuple[type, ...]] = {
    "kind": str,
    "source": str,
    "attribution": str,
    "crs": str,
    "bands": list,
    "coarsest": int,
    "finest": int,
    "order": int,
    "opacity": (int, float),
    "brightness": (int, float),
    "shown": bool,
    "taken": str,
}
"""What is kept of a layer, and the JSON it is."""


def layer_of(name: str, content: Mapping[str, Any]) -> RasterLayer:
    """Return a layer from what is kept of it; what another version wrote beside is passed over.

    Raises
    ------
    InputError
        It cannot be read.
    """
    values = {key: value for key, value in content.items() if key in _TYPES}
    try:
        if not all(isinstance(value, _TYPES[key]) for key, value in values.items()):
            raise TypeError(name)  # noqa: TRY301 - as one that the constructor raises
        bands = tuple(int(band) for band in values.pop("bands", ()))
        return RasterLayer(name, bands=bands, **values)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"What is kept of '{name}' cannot be read; add it anew.") from error


def kind_of(source: str) -> RasterKind:
    """Return what a source seems to be, by its address or the end of its name."""
    if source.lower().startswith(("http://", "https://")):
        return "wmts" if "wmts" in source.lower() or "{TileMatrix}" in source else "xyz"
    ending = source.lower().rpartition(".")[2]
    if ending == "mbtiles":
        return "mbtiles"
    return "pmtiles" if ending == "pmtiles" else "file"


def at_time(layers: Sequence[RasterLayer], span: Span) -> list[RasterLayer]:
    """Return what is drawn of some layers, from below to above, as of the end of a span.

    What was taken later is left out, and of dated ones the newest lies uppermost; those without a date
    stay where they are.
    """
    left = [one for one in layers if one.span is None or one.span.start < span.end]
    dated = iter(sorted((one for one in left if one.span), key=lambda one: one.span or span))
    return [one if one.span is None else next(dated) for one in left]
