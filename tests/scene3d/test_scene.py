"""Pictures of a scene: buildings are where they should be, light up, and hide."""

import numpy as np
import pytest
import shapely
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from mapdesk.analysis.extrude import Mesh, flat, outlines, prisms
from mapdesk.analysis.massing import Tile
from mapdesk.scene3d.open_floors import Outlines
from mapdesk.scene3d.plan import Plan, plan_of
from mapdesk.scene3d.presenter import ImmediatePresenter, Shot, ThreadPresenter
from mapdesk.scene3d.scene import FLATTENED, Scene
from mapdesk.scene3d.viewpoint import Viewpoint

ORIGIN = (500_000.0, 4_300_000.0)
HOUSES = shapely.box(
    np.array([-40.0, 20]) + ORIGIN[0],
    ORIGIN[1] - 10,
    np.array([-20.0, 40]) + ORIGIN[0],
    ORIGIN[1] + 10,
)
RED, BLUE, GREEN = (np.array(c, np.uint8) for c in ([200, 0, 0], [0, 0, 200], [0, 200, 0]))
DOWN = Viewpoint(*ORIGIN, 300.0, 0.0, 90.0)


def build(scene):
    scene.set_sky(np.zeros(3), np.zeros(3))
    land = flat(np.array([shapely.Point(ORIGIN).buffer(5000)], object), ORIGIN)
    scene.set_flat("land", 0, land, GREEN[None])
    tile = Tile.of(np.array([0, 1]), outlines(HOUSES, 0, 12.0, ORIGIN))
    scene.set_buildings([tile], np.array([RED, BLUE]))


def colour_at(image, x, y):
    colour = QColor(image.pixelColor(round(image.width() * x), round(image.height() * y)))
    return np.array([colour.red(), colour.green(), colour.blue()])


@pytest.fixture
def picture(qapp):
    presenter = ImmediatePresenter(ORIGIN)
    presenter.change(build)
    images = []
    presenter.ready.connect(lambda image, _shot: images.append(image))

    def take(change=None, view=DOWN):
        if change:
            presenter.change(change)
        presenter.show(Shot(view, 600, 400))
        return images[-1]

    yield take
    presenter.close()
    presenter.wait_closed()


def test_buildings_and_ground_stand_where_they_should(picture):
    image = picture()
    assert colour_at(image, 0.5, 0.5) == pytest.approx(GREEN, abs=3)
    assert colour_at(image, 0.5 - 30 / 241, 0.5) == pytest.approx(RED, abs=3)
    assert colour_at(image, 0.5 + 30 / 241, 0.5) == pytest.approx(BLUE, abs=3)


def test_a_highlight_lights_one_building_and_goes_again(picture):
    orange = np.array([255, 120, 20], np.uint8)
    image = picture(lambda scene: scene.highlight(np.array([1]), orange))
    assert colour_at(image, 0.5 + 30 / 241, 0.5) == pytest.approx(orange, abs=3)
    assert colour_at(image, 0.5 - 30 / 241, 0.5) == pytest.approx(RED, abs=3)
    image = picture(lambda scene: scene.highlight(np.array([], int), orange))
    assert colour_at(image, 0.5 + 30 / 241, 0.5) == pytest.approx(BLUE, abs=3)


def test_hidden_buildings_show_the_ground(picture):
    image = picture(lambda scene: scene.set_visible("building", False))
    assert colour_at(image, 0.5 + 30 / 241, 0.5) == pytest.approx(GREEN, abs=3)


def test_walls_are_darker_than_roofs_and_face_the_eye(picture):
    image = picture(view=Viewpoint(*ORIGIN, 200.0, 0.0, 20.0))
    values = {
        tuple(colour_at(image, x, y))
        for x in np.linspace(0.2, 0.45, 40)
        for y in np.linspace(0.3, 0.6, 40)
    }
    reds = sorted(value[0] for value in values if value[1] < 20 and value[0] > 60)
    assert reds[0] < 0.85 * 200 < reds[-1]


def test_flat_layers_lie_in_their_order(picture):
    ring = flat(np.array([shapely.Point(ORIGIN).buffer(8)], object), ORIGIN)

    def change(scene):
        scene.set_flat("upper", 2, ring, BLUE[None])
        scene.set_flat("lower", 1, ring, RED[None])

    for pitch in (90.0, 30.0):
        image = picture(change, replace_pitch(pitch))
        assert colour_at(image, 0.5, 0.5) == pytest.approx(BLUE, abs=3)


def test_a_layer_of_some_scales_is_drawn_at_those_alone_and_hides_with_its_noun(picture):
    ring = flat(np.array([shapely.Point(ORIGIN).buffer(8)], object), ORIGIN)

    def change(scene):
        scene.set_flat("road/near", 1, ring, BLUE[None], (0.0, 0.4))

    far = Viewpoint(*ORIGIN, 900.0, 0.0, 90.0)
    assert colour_at(picture(change), 0.5, 0.5) == pytest.approx(BLUE, abs=3)
    assert colour_at(picture(view=far), 0.5, 0.5) == pytest.approx(GREEN, abs=3)
    hidden = picture(lambda scene: scene.set_visible("road", False))
    assert colour_at(hidden, 0.5, 0.5) == pytest.approx(GREEN, abs=3)
    shown = picture(lambda scene: scene.set_visible("road", True))
    assert colour_at(shown, 0.5, 0.5) == pytest.approx(BLUE, abs=3)
    thin = picture(lambda scene: scene.see_through("road", 0.5))
    assert colour_at(thin, 0.5, 0.5) == pytest.approx((BLUE * 0.5 + GREEN * 0.5).tolist(), abs=3)


@pytest.mark.parametrize("smooth", [True, False])
def test_lines_are_as_wide_in_points_on_screens_of_more_dots(qapp, smooth):
    presenter = ImmediatePresenter(ORIGIN)
    presenter.change(build)
    ends = np.array([[-200, 60, 0], [200, 60, 0]], np.float32)
    presenter.change(
        lambda scene: scene.set_lines("border", 1, ends, np.array([[0, 1]]), RED.astype(float), 2.0)
    )
    rows = []
    presenter.ready.connect(
        lambda image, _shot: rows.append(
            sum(image.pixelColor(300, y).red() > 100 for y in range(image.height() // 2))
        )
    )
    for scale in (1.0, 3.0, 1.0):
        presenter.show(Shot(DOWN, 600, 400, smooth, line_scale=scale))
    presenter.close()
    presenter.wait_closed()
    assert rows[0] == rows[2] > 0 and rows[1] >= 2 * rows[0]


def replace_pitch(pitch):
    return Viewpoint(*ORIGIN, 300.0, 0.0, pitch)


def test_the_thread_presenter_delivers_the_newest_and_ends(qtbot: QtBot, no_leaks):
    presenter = ThreadPresenter(ORIGIN)
    presenter.change(build)
    shots = []
    presenter.ready.connect(lambda _image, shot: shots.append(shot))
    newest = Shot(DOWN, 320, 200)
    with qtbot.waitSignal(
        presenter.ready, timeout=30_000, check_params_cb=lambda _image, shot: shot == newest
    ):
        for width in range(100, 130):
            presenter.show(Shot(DOWN, width, 100, smooth=False))
        presenter.show(newest)
    assert len(shots) < 31
    presenter.close()
    presenter.wait_closed()


def test_the_sky_is_painted_only_where_it_can_be_seen(picture):
    red = np.array([250.0, 0, 0])
    level = Viewpoint(*ORIGIN, 300.0, 0.0, 12.0)
    assert colour_at(picture(lambda scene: scene.set_sky(red, red), level), 0.5, 0.01)[0] > 240
    scenes = []
    assert colour_at(picture(scenes.append), 0.01, 0.01) == pytest.approx(GREEN, abs=3)
    assert not scenes[0].ground.GetGradientBackground()
    # A land too small to fill the picture hides nothing.
    small = flat(np.array([shapely.Point(ORIGIN).buffer(50)], object), ORIGIN)
    image = picture(lambda scene: scene.set_flat("land", 0, small, GREEN[None]))
    assert colour_at(image, 0.01, 0.01)[0] > 240


def stitched(qapp, view, columns, rows, *, plan):
    """Return a picture drawn whole and the same drawn in tiles, as arrays."""
    presenter = ImmediatePresenter(ORIGIN)
    presenter.change(build)
    presenter.change(lambda scene: scene.set_sky(np.array([250.0, 0, 0]), np.array([0, 0, 250.0])))
    images = []
    presenter.ready.connect(lambda image, _shot: images.append(image))
    presenter.drawn_apart.connect(lambda image, _shot: images.append(image))
    width, height = 180 * columns, 120 * rows
    presenter.draw_apart(Shot(view, width, height, smooth=False, plan=plan))
    for row in range(rows):
        for column in range(columns):
            tile = (column, row, columns, rows)
            presenter.draw_apart(Shot(view, 180, 120, smooth=False, plan=plan, tile=tile))
    presenter.show(Shot(view, width, height, smooth=False))
    presenter.close()
    whole, *tiles, after = [
        np.frombuffer(image.constBits().asstring(image.sizeInBytes()), np.uint8).reshape(
            image.height(), image.width(), 4
        )
        for image in images
    ]
    lines = [np.hstack(tiles[at * columns : (at + 1) * columns]) for at in range(rows)]
    return whole, np.vstack(lines), after


@pytest.mark.parametrize(
    ("view", "plan"),
    [(DOWN, True), (DOWN, False), (Viewpoint(*ORIGIN, 200.0, 33.0, 14.0), False)],
)
def test_tiles_make_up_the_whole_picture(qapp, view, plan):
    whole, tiles, _after = stitched(qapp, view, 3, 2, plan=plan)
    assert len(np.unique(whole.reshape(-1, 4), axis=0)) >= 3
    differ = (np.abs(whole.astype(int) - tiles) > 12).any(axis=2)
    assert differ.mean() < 0.002


def test_a_plan_has_one_scale_for_roofs_and_ground(qapp):
    view = plan_of(*ORIGIN, 0.5, 240, bearing=90.0)
    whole, _tiles, after = stitched(qapp, view, 2, 2, plan=True)
    red = np.argwhere((whole[..., 0] > 150) & (whole[..., 1] < 60))
    # Twenty metres a side at half a metre a pixel; turned so that east is up.
    assert np.ptp(red, axis=0) + 1 == pytest.approx([40, 40], abs=1)
    pixels, _depth = Plan(view, 360, 240).to_screen([[ORIGIN[0] - 30, ORIGIN[1]]], 12.0)
    assert red.mean(axis=0) == pytest.approx(pixels[0][::-1], abs=1)
    # The next picture for the screen is in perspective again: roofs look larger than they are.
    red = np.argwhere((after[..., 0] > 150) & (after[..., 1] < 60))
    assert np.ptp(red, axis=0)[1] > 40


def test_bands_lie_down_with_the_buildings_and_make_way_for_an_open_one():
    scene = Scene((0.0, 0.0))
    box = prisms(np.array([shapely.box(0, 0, 10, 10)], object), 3.0, 6.0, (0.0, 0.0))
    blue = np.array([0, 0, 255], np.uint8)
    of = Outlines(np.array([shapely.box(0, 0, 10, 10)], object), np.full(1, 12.0))
    scene.open.mark(box, blue, of)
    bands = scene.open._bands
    assert scene.open.renderer.GetDraw()
    scene.flatten(True)
    assert {band.GetScale()[2] for band in bands} == {FLATTENED}
    scene.flatten(False)
    scene.open.show([box], [np.tile(blue, (1, 1))], blue, of)
    assert not any(band.GetVisibility() for band in bands)
    scene.open.clear()
    assert all(band.GetVisibility() for band in bands)
    scene.open.mark(Mesh.empty(), blue, of)
    assert not scene.open.renderer.GetDraw()
