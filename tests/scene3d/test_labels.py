"""Names over the picture: which are written, that they stay while the map is moved, and how they look."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QFont, QImage, QPainter

from mapdesk.analysis.picking import PrismPicker
from mapdesk.analysis.terrain import Terrain
from mapdesk.layers.legend import Entry, Legend
from mapdesk.layers.names import LineNames, MapNames, PlaceNames, name_styles
from mapdesk.layers.standing import ReadyNames
from mapdesk.layers.style import map_style
from mapdesk.model.features import Features
from mapdesk.model.selection import Ref
from mapdesk.scene3d.attribution import _laid
from mapdesk.scene3d.content import Footprints
from mapdesk.scene3d.labels import Labels
from mapdesk.scene3d.overlay import Overlay
from mapdesk.scene3d.seen import near_enough
from mapdesk.scene3d.tool_marks import LineMark
from mapdesk.scene3d.viewpoint import Projection, Viewpoint

WIDTH, HEIGHT = 800, 600
DOWN = Viewpoint(0.0, 0.0, 600.0, 0.0, 90.0)
NAN = float("nan")
VISIBLE = ["grid", "land_use", "road", "building"]
NONE = np.empty((0, 4))


def streets(*rows):
    texts, kinds, lines = zip(*rows, strict=True)
    corners = [np.array(line, float) for line in lines]
    start = np.concatenate([[0], np.cumsum([len(line) for line in corners])])
    ids = np.array([f"r{at}" for at in range(len(rows))], object)
    return LineNames(
        np.array(texts, object),
        np.array(kinds, object),
        np.full(len(rows), "road", object),
        ids,
        np.concatenate(corners),
        start,
    )


TOWN = MapNames(
    PlaceNames.of(
        [
            ("Central Park of the Town", "green", "land_use", "p", -150.0, 80.0, 0.0, 160.0),
            ("鱼塘", "water", "land_use", "w", 120.0, 90.0, 0.0, 90.0),
            ("Pond", "water", "land_use", "tiny", 150.0, -90.0, 0.0, 2.0),
            ("解放社区", "grid_2", "grid", "g", 0.0, -60.0, 0.0, 300.0),
            ("Behind the community", "building", "building", "b", 2.0, -60.0, 0.0, 60.0),
        ]
    ),
    streets(
        ("Long Street", "road_major", [(-250, 10), (250, 30)]),
        ("解放路", "road_minor", [(-60, -150), (-60, 150)]),
    ),
)


@pytest.fixture
def write(qapp):
    """Return what paints the town's names and says what was written."""
    labels = Labels()
    labels.set_names(ReadyNames.of(TOWN))

    def paint(
        view=DOWN,
        *,
        theme="light",
        ratio=1.0,
        visible=VISIBLE,
        symbols=NONE,
        terrain=None,
        **more,
    ):
        image = QImage(
            round(WIDTH * ratio), round(HEIGHT * ratio), QImage.Format.Format_ARGB32_Premultiplied
        )
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        painter = QPainter(image)
        projection = Projection(view, WIDTH, HEIGHT, terrain)
        labels.paint(
            painter,
            projection,
            ratio,
            theme=theme,
            visible=visible,
            symbols=symbols,
            **more,
        )
        painter.end()
        return image

    paint.labels = labels
    return paint


def texts(labels):
    return sorted({one.text for one in labels.written})


def pixels(image):
    bits = image.convertToFormat(QImage.Format.Format_RGBA8888)
    data = bits.constBits().asarray(bits.sizeInBytes())
    return np.frombuffer(bytes(data), np.uint8).reshape(bits.height(), bits.width(), 4)


def test_names_that_fit_are_written_and_lesser_ones_give_way(write):
    write()
    assert texts(write.labels) == [
        "Central Park of the Town",
        "Long Street",
        "解放社区",
        "解放路",
        "鱼塘",
    ]


def test_names_of_hidden_layers_are_not_written(write):
    write(visible=["land_use"])
    assert texts(write.labels) == ["Central Park of the Town", "鱼塘"]
    write.labels.shown = False
    write()
    assert write.labels.written == []


def test_a_name_is_found_under_its_letters_and_not_beside(write):
    write()
    street = next(one for one in write.labels.written if one.text == "Long Street")
    left, top, right, bottom = street.boxes[len(street.boxes) // 2]
    found = write.labels.at((left + right) / 2, (top + bottom) / 2)
    assert found.ref == Ref("road", "r0")
    assert write.labels.at(5, 5) is None


def test_lesser_names_keep_clear_of_symbols_and_areas_do_not(write):
    everywhere = np.array([[0.0, 0.0, WIDTH, HEIGHT]])
    write(symbols=everywhere)
    assert texts(write.labels) == ["解放社区", "鱼塘"]


def test_no_name_lies_under_what_covers_it(write):
    half = np.array([[0.0, 0.0, WIDTH / 2, HEIGHT]])
    write()
    assert any(one.boxes[:, 0].min() < WIDTH / 2 - 4 for one in write.labels.written)
    write(covered=half)
    assert write.labels.written
    assert all(one.boxes[:, 0].min() > WIDTH / 2 - 4 for one in write.labels.written)


def test_the_same_names_stay_at_their_places_while_the_map_is_panned(write):
    write()
    before = {one.text: one.boxes[0] for one in write.labels.written}
    metres = DOWN.distance * 2 * np.tan(np.radians(15)) / HEIGHT
    for step in range(1, 40):
        write(replace(DOWN, x=step * metres, y=0.5 * step * metres))
        after = {one.text: one.boxes[0] for one in write.labels.written}
        assert after.keys() == before.keys()
        for text, box in after.items():
            moved = before[text] + [-step, 0.5 * step, -step, 0.5 * step]
            assert box == pytest.approx(moved, abs=1e-3)


def test_letters_stand_on_their_halo_in_the_colours_of_the_theme(write):
    for theme in ("light", "dark"):
        write.labels.set_names(ReadyNames.of(TOWN))
        found = pixels(write(theme=theme))
        solid = found[found[..., 3] == 255][:, :3].astype(int)
        styles = name_styles(theme)
        for kind in ("grid_2", "water", "green", "road_major"):
            wanted = styles.colour(kind)
            colour = [int(wanted[at : at + 2], 16) for at in (1, 3, 5)]
            assert (np.abs(solid - colour).max(axis=1) < 12).any(), kind
        halo = [int(styles.halo[at : at + 2], 16) for at in (1, 3, 5)]
        assert (np.abs(solid - halo).max(axis=1) < 4).mean() > 0.2


def test_letters_are_drawn_at_the_pixels_of_the_screen(write):
    once = (pixels(write())[..., 3] > 128).sum()
    twice = (pixels(write(ratio=2.0))[..., 3] > 128).sum()
    assert twice == pytest.approx(4 * once, rel=0.15)


def test_a_street_behind_a_building_is_not_named_there(write):
    wall = shapely.box(-400, -60, 400, -30)
    low = replace(DOWN, pitch=25.0, distance=400.0)
    write.labels.set_names(ReadyNames.of(TOWN))
    write(low)
    assert "Long Street" in texts(write.labels)
    prism = PrismPicker.of(np.array([wall], object), np.zeros(1), np.full(1, 60.0))
    write.labels.stand_among(Footprints(None, prism, np.ones(1)))
    write(low)
    assert "Long Street" not in texts(write.labels)
    write(low, visible=["grid", "land_use", "road"])
    assert "Long Street" in texts(write.labels)
    # It stood, or stands, left of a line alone.
    stands = Footprints(None, prism, np.ones(1))
    gone = Footprints(None, prism.only(np.zeros(1, bool)), np.ones(1))
    for line, is_written in ((0.0, True), (WIDTH, False)):
        write.labels.stand_among(gone, stands)
        write(low, line=line)
        assert ("Long Street" in texts(write.labels)) == is_written


def test_no_name_is_cut_by_the_edge_of_the_picture(write):
    metres = DOWN.distance * 2 * np.tan(np.radians(15)) / HEIGHT
    seen = set()
    for step in range(0, 900, 20):
        write(replace(DOWN, x=step * metres, y=step * metres / 2))
        for one in write.labels.written:
            assert one.boxes[:, :2].min() > -8
            assert (one.boxes[:, 2:] < [WIDTH + 8, HEIGHT + 8]).all()
            seen.add((one.text, step))
    # The name of an area goes with the edge for as long as it stands on the area, ...
    area = max(step for text, step in seen if text == "解放社区")
    assert area > WIDTH / 2 - 60
    # ... and one that would have to leave its thing for that is not written.
    assert area <= WIDTH / 2


def test_what_moves_does_not_cover_the_name_of_a_grid(write):
    image = write()
    boxes = {one.ref.id: one.boxes[0] for one in write.labels.written}
    painter = QPainter(image)
    for box in boxes.values():
        painter.fillRect(QRectF(QPointF(*box[:2]), QPointF(*box[2:])), QColor("#00ff00"))
    left, top, right, bottom = boxes["g"]
    # The left half of the grid's name is covered by a symbol, and all of a park's.
    half = np.array([[left, top, (left + right) / 2, bottom], boxes["p"]])
    write.labels.paint_over(painter, half)
    painter.end()

    def ink(box):
        x0, y0, x1, y1 = np.round(box).astype(int)
        colours = pixels(image)[y0 + 1 : y1 - 1, x0 + 1 : x1 - 1, :3].astype(int)
        return (np.abs(colours - (0, 255, 0)).sum(axis=2) > 60).sum()

    middle = (left + right) / 2
    assert ink((left, top, middle, bottom)) > 50
    assert ink((middle, top, right, bottom)) == 0
    assert ink(boxes["p"]) == 0


def test_no_name_is_written_below_what_the_map_says_of_itself(qapp):
    overlay = Overlay(map_style("light"), visible=VISIBLE)
    overlay.labels.set_names(ReadyNames.of(TOWN))
    projection = Projection(DOWN, WIDTH, HEIGHT)
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)

    def written():
        painter = QPainter(image)
        overlay.paint(painter, projection, 1.0)
        painter.end()
        return {one.text: one.boxes for one in overlay.labels.written}

    boxes = written()
    place = boxes["解放社区"][0]
    corners = np.array([[-1.0, -60.0, 0.0], [1.0, -60.0, 0.0], [0.0, -59.0, 0.0]])
    overlay.tools.lines = [LineMark(corners, "100 m²", closed=True)]
    assert "解放社区" not in written()
    overlay.tools.lines = []
    overlay.aside = [QRectF(place[0], place[1], 20.0, 20.0)]
    assert "解放社区" not in written()
    overlay.aside = []
    assert "解放社区" in written()


def test_names_keep_clear_of_the_legend_and_of_the_time_shown(qapp):
    overlay = Overlay(map_style("light"), furniture=False)
    projection, font = Projection(DOWN, WIDTH, HEIGHT), QFont()
    assert not len(overlay._covered(font, projection))
    entries = (Entry("#ff0000", "0–5", 3), Entry("#00ff00", "5–9", 3))
    overlay.legend = Legend("Residents", "people", "grid", entries)
    overlay.caption = "May 2026"
    (left, top, right, bottom), (west, north, east, south) = overlay._covered(font, projection)
    assert west < 20 and south > HEIGHT - 60 and east - west > 50 and south - north > 50
    assert left < WIDTH / 2 < right and 0 < top < bottom < 60


@pytest.mark.parametrize("width", [400, 900, 1600])
def test_sources_are_packed_on_lines_that_no_dot_ends(qapp, width):
    projection = Projection(DOWN, width, HEIGHT)
    texts = ["Survey of the town, 2024", "© Somebody", "Ground by somebody else", "Roads"]
    box, said = _laid(QFont(), projection, texts)
    lines = said.split("\n")
    assert all(line and not line.endswith(("·", " ")) for line in lines)
    assert [one.strip("\u00a0") for line in lines for one in line.split("·")] == [
        text.replace(" ", "\u00a0") for text in texts
    ]
    assert box.width() <= max(width * 0.6, 120) + 12


def test_the_name_of_a_building_on_a_slope_is_on_its_roof_as_it_stands(write):
    shape = np.array([shapely.box(-40, -60, 40, 100)], object)
    house = Footprints(
        Features("building", np.array(["b"], object), {}),
        PrismPicker.of(shape, np.zeros(1), np.full(1, 12.0)),
        np.ones(1),
    )
    heights = np.tile(np.linspace(-100.0, 100.0, 11)[:, None], (1, 2)).astype(np.float32)
    rising = Terrain(-500.0, -500.0, 100.0, np.repeat(heights, 6, axis=1)[:, :11], key="r")
    names = PlaceNames.of([("Long House", "building", "building", "b", 0.0, 20.0, 12.0, 80.0)])
    write.labels.set_names(ReadyNames.of(MapNames(names, TOWN.lines)))
    view = replace(DOWN, pitch=30.0, distance=400.0)
    write.labels.stand_among(house.on(rising))
    write(view, visible=["building"], terrain=rising)
    (name,) = write.labels.written
    left, top, right, bottom = name.boxes[0]
    # The ground under it rises from -12 to 20 m: a storey of the 12 m stands above.
    (roof,), _depth = Projection(view, WIDTH, HEIGHT, rising).project([[0.0, 20.0]], 23.0)
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx(roof, abs=1.0)


def test_a_name_on_a_hill_near_the_eye_is_not_passed_over():
    hill = np.zeros((21, 21), np.float32)
    hill[10, 10] = 300.0
    ground = Terrain(-1000.0, -1000.0, 100.0, hill, key="h")
    view = Viewpoint(0.0, 600.0, 1000.0, 0.0, 40.0)
    place = np.array([[0.0, 0.0]])
    seen = Projection(view, WIDTH, HEIGHT, ground)
    _pixels, depth = seen.to_screen(place)
    limit = np.array([seen.metres_per_pixel * depth[0] / view.distance])
    assert near_enough(seen, place, np.zeros(1), limit).tolist() == [0]
    assert near_enough(Projection(view, WIDTH, HEIGHT), place, np.zeros(1), limit).tolist() == []


def test_a_source_too_long_for_a_line_is_divided_between_its_parts(qapp):
    long = "Made up for a demonstration, nobody real · 生成的演示数据，非真实地点和人员"
    _box, said = _laid(QFont(), Projection(DOWN, 500, HEIGHT), [long, "Roads"])
    lines = [line.replace("\u00a0", " ") for line in said.split("\n")]
    first, second = long.split(" · ")
    assert lines[0] == first and lines[1].startswith(second)
    _box, said = _laid(QFont(), Projection(DOWN, 2000, HEIGHT), [long])
    assert said.replace("\u00a0", " ") == long
