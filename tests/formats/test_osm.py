"""OpenStreetMap files made on the spot, and what tags say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mapdesk.formats import ReadResult, osm_tags
from mapdesk.model.errors import CrsError, InputError

Read = Callable[..., ReadResult]

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="mapdesk tests">\n'


class Osm:
    """Collects elements of an OSM file."""

    def __init__(self) -> None:
        self.nodes: list[str] = []
        self.ways: list[str] = []
        self.relations: list[str] = []

    @staticmethod
    def tags(tags: dict[str, str]) -> str:
        return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())

    def node(self, number: int, x: float, y: float, **tags: str) -> None:
        place = f'lon="{117 + x / 1000:.6f}" lat="{39 + y / 1000:.6f}"'
        keys = {key.replace("__", ":"): value for key, value in tags.items()}
        self.nodes.append(f'<node id="{number}" version="1" {place}>{self.tags(keys)}</node>')

    def way(self, number: int, nodes: list[int], tags: dict[str, str]) -> None:
        members = "".join(f'<nd ref="{node}"/>' for node in nodes)
        self.ways.append(f'<way id="{number}" version="1">{members}{self.tags(tags)}</way>')

    def relation(self, number: int, members: dict[int, str], tags: dict[str, str]) -> None:
        inside = "".join(f'<member type="way" ref="{m}" role="{r}"/>' for m, r in members.items())
        self.relations.append(
            f'<relation id="{number}" version="1">{inside}{self.tags(tags)}</relation>'
        )

    def ring(
        self, number: int, first: int, corner: float, side: float, tags: dict[str, str]
    ) -> None:
        for step, (x, y) in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
            self.node(first + step, corner + x * side, corner + y * side)
        self.way(number, [first, first + 1, first + 2, first + 3, first], tags)

    def write(self, path: Path) -> Path:
        path.write_text(HEAD + "\n".join(self.nodes + self.ways + self.relations) + "\n</osm>\n")
        return path


@pytest.fixture
def town(tmp_path: Path) -> Path:
    osm = Osm()
    osm.ring(1, 100, 0, 2, {"building": "apartments", "building:levels": "6", "height": "19,5 m"})
    osm.ring(2, 200, 10, 6, {})
    osm.ring(3, 300, 12, 2, {})
    osm.relation(9, {2: "outer", 3: "inner"},
                 {"type": "multipolygon", "building": "school", "addr:street": "解放路",
                  "addr:housenumber": "12号"})  # fmt: skip
    osm.relation(8, {2: "outer", 77: "outer"}, {"type": "multipolygon", "landuse": "forest"})
    osm.ring(4, 400, 30, 5, {"leisure": "park", "name": "Hill Park"})
    osm.node(500, 1, 1, addr__housenumber="7", addr__street="High Street")
    osm.node(
        501, 5, 5, man_made="surveillance", direction="NNW", camera__type="dome", operator="City"
    )
    osm.node(502, 6, 5, man_made="surveillance", surveillance__type="guard")
    osm.node(503, 40, 0)
    osm.way(5, [100, 503], {"highway": "motorway", "maxspeed": "50 mph"})
    osm.way(6, [100, 503], {"highway": "residential", "oneway": "-1", "name": "Back"})
    osm.way(7, [100, 999], {"highway": "service"})
    osm.way(10, [100, 101, 998, 200, 201], {"highway": "service"})
    osm.way(11, [100, 100], {"building": "yes"})
    osm.way(12, [100, 503], {"highway": "proposed"})
    return osm.write(tmp_path / "town.osm")


def test_a_town(town: Path, read_as: Read) -> None:
    result = read_as(town, "osm")
    building = result.frames["building"].set_index("id")
    assert building["use"].to_dict() == {"way/1": "residential", "relation/9": "school"}
    assert building.loc["way/1", ["floors", "height", "address"]].tolist() == [
        6,
        19.5,
        "High Street 7",
    ]
    assert building.loc["relation/9", "address"] == "解放路12号"
    assert len(building.loc["relation/9"].geometry.interiors) == 1
    assert result.attribution == "© OpenStreetMap contributors"
    assert result.licence.startswith("ODbL")


def test_roads(town: Path, read_as: Read) -> None:
    result = read_as(town, "road")
    road = result.frames["road"].set_index("id")
    assert road.loc["way/5", ["kind", "oneway"]].tolist() == ["trunk", True]
    assert road.loc["way/5", "max_speed"] == pytest.approx(80.4672)
    back = road.loc["way/6"]
    assert back["oneway"]
    assert back.geometry.coords[0][0] > back.geometry.coords[-1][0]
    assert sum(road.index.str.startswith("way/10")) == 2
    assert "1 line cut where nodes are not in the file" in result.notes
    assert [refusal.row for refusal in result.refused] == ["way/7"]


def test_tracks_and_what_lines_are_built_on(tmp_path: Path, read_as: Read) -> None:
    osm = Osm()
    for number in range(1, 4):
        osm.node(number, 10 * number, 0)
    ways = {
        1: {"railway": "rail", "bridge": "viaduct", "layer": "2", "name": "Coast Line"},
        2: {"railway": "narrow_gauge", "service": "yard", "bridge": "no"},
        3: {"railway": "subway", "tunnel": "yes", "layer": "-4"},
        4: {"railway": "tram", "highway": "residential"},
        5: {"railway": "abandoned"},
        6: {"railway": "platform", "highway": "platform"},
        7: {"highway": "primary", "tunnel": "building_passage", "layer": "unknown"},
        8: {"highway": "service", "tunnel": "avalanche_protector", "layer": "-1;-2"},
    }
    for number, tags in ways.items():
        osm.way(number, [1, 2, 3], tags)
    result = read_as(osm.write(tmp_path / "lines.osm"), "osm")
    tracks = result.frames["railway"].set_index("id")
    assert tracks["kind"].to_dict() == {
        "way/1": "rail", "way/2": "rail", "way/3": "subway", "way/4": "tram",
    }  # fmt: skip
    assert tracks["track_use"].dropna().to_dict() == {"way/2": "yard"}
    assert tracks.loc["way/1", ["name", "bridge", "layer"]].tolist() == ["Coast Line", True, 2]
    assert tracks.loc["way/3", ["tunnel", "layer"]].tolist() == [True, -4]
    assert tracks["bridge"].dropna().to_dict() == {"way/1": True, "way/2": False}
    roads = result.frames["road"].set_index("id")
    assert roads["tunnel"].dropna().to_dict() == {"way/7": False, "way/8": True}
    assert roads["layer"].dropna().to_dict() == {"way/8": -1}
    assert set(roads.index) == {"way/4", "way/7", "way/8"}


def test_cameras_addresses_and_ground(town: Path, read_as: Read) -> None:
    result = read_as(town, "osm")
    camera = result.frames["camera"].iloc[0]
    assert result.kept["camera"] == 1
    assert camera[["id", "owner", "azimuth", "field_of_view"]].tolist() == [
        "node/501",
        "City",
        337.5,
        360.0,
    ]
    address = result.frames["address"].set_index("id")
    assert address["building_id"].to_dict() == {"node/500": "way/1", "relation/9": "relation/9"}
    assert result.frames["land_use"][["kind", "name"]].iloc[0].tolist() == ["park", "Hill Park"]


def test_broken_outlines_are_named_and_not_fatal(town: Path, read_as: Read) -> None:
    reasons = {refusal.row: refusal.reason for refusal in read_as(town, "osm").refused}
    assert reasons["way/11"] == "has a ring of 2 points, and an outline needs 4"
    assert "members are missing" in reasons["relation/8"]


def test_the_format_fixes_fields_crs_and_nouns(town: Path, read_as: Read) -> None:
    with pytest.raises(InputError, match="leave out --field and --key"):
        read_as(town, "osm", fields={"height": "x"})
    with pytest.raises(CrsError, match="GCJ-02"):
        read_as(town, "osm", assume_crs="GCJ-02")
    with pytest.raises(InputError, match="import it as osm"):
        read_as(town, "grid")


def test_an_empty_extract(tmp_path: Path, read_as: Read) -> None:
    with pytest.raises(InputError, match="holds no building"):
        read_as(Osm().write(tmp_path / "e.osm"), "building")


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("137", 137.0),
        ("NNW", 337.5),
        ("n", 0.0),
        ("90-180", 135.0),
        ("350-10", 0.0),
        ("forward", None),
    ],
)
def test_directions(text: str, degrees: float | None) -> None:
    assert osm_tags.azimuth(text) == degrees


@pytest.mark.parametrize(
    ("tags", "use"),
    [
        ({"building": "yes", "amenity": "hospital"}, "hospital"),
        ({"building": "yes", "shop": "bakery"}, "commercial"),
        ({"building": "yes", "office": "it"}, "office"),
        ({"building": "castle"}, "other"),
    ],
)
def test_uses(tags: dict[str, str], use: str) -> None:
    assert osm_tags.building_use(tags) == use
