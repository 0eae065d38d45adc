"""One map, one table, one book (一图一表一册): what is known of a grid, ready to be printed.

A service fills `GridBook`; `grid_sheet` prints it.
"""

from __future__ import annotations

from dataclasses import dataclass

from mapdesk.formats.doors import Door
from mapdesk.formats.pdf_charts import Count, Pyramid, Share


@dataclass(frozen=True, slots=True)
class MapPicture:
    """The map of a grid.

    Parameters
    ----------
    png : bytes
        Seen from above, north up; four by three fills its place.
    metres : float or None
        Metres from its left to its right edge, for the scale bar; None leaves that out.
    attribution : str
        Where the data are from.
    """

    png: bytes
    metres: float | None = None
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Responsible:
    """Someone who answers for a grid.

    Parameters
    ----------
    name, role, phone : str
        The role is a word of the desk; the phone is masked, or not, by the service.
    """

    name: str
    role: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class BookBuilding:
    """One line of the book.

    Parameters
    ----------
    name, address, use : str
        The use is a word of the desk.
    floors : int or None
        None where it is not known.
    units, households, people : int or None
        None where held back.
    """

    name: str
    address: str
    use: str
    floors: int | None
    units: Count
    households: Count
    people: Count


@dataclass(frozen=True, slots=True)
class GridBook:
    """What is printed of a grid or micro-grid.

    Parameters
    ----------
    name, code, kind : str
        The kind is a word of the desk.
    chain : tuple of str
        Names of the district and the grids it lies in, highest first, without its own.
    picture : MapPicture
    hectares : float
    buildings_count, units_count, households_count, people_count : int or None
    organisations_count, cameras_count : int or None
        None where held back.
    workers : tuple of Responsible
    pyramid : Pyramid
    household_sizes, residence_kinds, unit_uses, organisations, incidents : tuple of Share
        In the order they are printed; labels are words of the desk or of the data.
    incidents_since : str
        Of which time the incidents are: "2026".
    buildings : tuple of BookBuilding
        The book, in walking order.
    doors : tuple of Door
        Printed after the buildings where there are any; in walking order.
    """

    name: str
    code: str
    kind: str
    chain: tuple[str, ...]
    picture: MapPicture
    hectares: float
    buildings_count: Count
    units_count: Count
    households_count: Count
    people_count: Count
    organisations_count: Count
    cameras_count: Count
    pyramid: Pyramid
    workers: tuple[Responsible, ...] = ()
    household_sizes: tuple[Share, ...] = ()
    residence_kinds: tuple[Share, ...] = ()
    unit_uses: tuple[Share, ...] = ()
    organisations: tuple[Share, ...] = ()
    incidents: tuple[Share, ...] = ()
    incidents_since: str = ""
    buildings: tuple[BookBuilding, ...] = ()
    doors: tuple[Door, ...] = ()

    @property
    def density(self) -> Count:
        """People a hectare; None where they are held back or the grid has no area."""
        if self.people_count is None or self.hectares <= 0:
            return None
        return round(self.people_count / self.hectares)

    @property
    def holds_back(self) -> bool:
        """Whether any count is held back."""
        counts = (
            self.buildings_count,
            self.units_count,
            self.households_count,
            self.people_count,
            self.organisations_count,
            self.cameras_count,
            *self.pyramid.male,
            *self.pyramid.female,
        )
        kinds = (
            *self.household_sizes,
            *self.residence_kinds,
            *self.unit_uses,
            *self.organisations,
            *self.incidents,
        )
        lines = ((each.units, each.households, each.people) for each in self.buildings)
        return (
            None in counts
            or any(kind.count is None for kind in kinds)
            or any(None in line for line in lines)
        )
