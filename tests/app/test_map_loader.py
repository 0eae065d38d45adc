"""What a map loads by which thread, and in which order, with jobs that are done one by one."""

from dataclasses import dataclass, field, replace

import pytest

from mapdesk.app import map_reading
from mapdesk.app.map_loader import MapLoader
from mapdesk.layers.layers import LayerList
from mapdesk.layers.style import MapStyle, map_style
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.presenter import ImmediatePresenter
from mapdesk.services import districts


@dataclass
class Waiting:
    """Jobs that wait until they are asked for; the latest of a key wins."""

    jobs: dict = field(default_factory=dict)
    is_at_work: bool = False

    def run(self, key, work, then, _fail=None):
        self.jobs[key] = (work, then)

    def cancel(self, key):
        self.jobs.pop(key, None)

    def step(self, key):
        self.read(key)()

    def read(self, key):
        """Do a job's work and return what shows its answer."""
        work, then = self.jobs.pop(key)
        self.is_at_work = True
        answer = work(lambda _text, _part: None)
        self.is_at_work = False
        return lambda: then(answer)


@pytest.fixture
def runner():
    return Waiting()


@pytest.fixture
def done():
    return []


@pytest.fixture
def loader(qapp, town_folder, runner, done):
    style = map_style("light")
    with districts.open_district(town_folder) as store:
        view = MapView(ImmediatePresenter(store.district.origin), style)
        parts = view, runner, store, LayerList(), style
        found = MapLoader(*parts, on_first=list, on_all=lambda: done.append(True))
        yield found
        found.close()
        view.close_presenter()
        view.deleteLater()


def go_on(runner):
    while "load" in runner.jobs:
        runner.step("load")


def test_a_picture_waited_for_by_an_earlier_load_does_not_stop_the_next(loader, runner, done):
    view = loader._view
    view.look(replace(view.viewpoint, bearing=10.0), moving=True)
    loader.load()
    go_on(runner)
    assert view.is_waiting and not view.content.ground
    loader.load()
    reading = runner.jobs["load"]
    view.pictured.emit()
    assert runner.jobs["load"] is reading
    go_on(runner)
    view.pictured.emit()
    go_on(runner)
    assert view.content.ground and done == [True]


def load_all(loader, runner):
    loader.load()
    go_on(runner)
    loader._view.pictured.emit()
    go_on(runner)


def test_points_asked_for_one_after_the_other_are_all_read(loader, runner):
    load_all(loader, runner)
    before = loader._view.content.points
    loader.refresh_points({"camera"})
    loader.refresh_points({"sensor"})
    runner.step("points")
    after = loader._view.content.points
    assert {noun for noun in after if after[noun] is not before[noun]} == {"camera", "sensor"}
    loader.refresh_points({"worker"})
    runner.step("points")
    assert loader._view.content.points["camera"] is after["camera"]


@pytest.fixture
def written(monkeypatch):
    """Metres by which cameras stand elsewhere in the store, as far as it is read."""
    read, metres = map_reading.point_layer, [0.0]

    def elsewhere(store, noun):
        layer = read(store, noun)
        return replace(layer, xy=layer.xy + metres[0]) if noun == "camera" else layer

    monkeypatch.setattr(map_reading, "point_layer", elsewhere)
    return metres


def load_to_points(loader, runner):
    """Load until all that is left is to read the points."""
    loader.load()
    while runner.jobs["load"][0] != loader._read_points:
        runner.step("load")
        if "load" not in runner.jobs:
            loader._view.pictured.emit()


def test_a_load_that_read_before_a_write_does_not_take_it_back(loader, runner, written):
    load_all(loader, runner)
    at = loader._view.content.points["camera"].xy
    load_to_points(loader, runner)
    show = runner.read("load")
    written[0] = 5.0
    loader.refresh_points({"camera"})
    runner.step("points")
    show()
    overlay, content = loader._view.overlay, loader._view.content
    assert (content.points["camera"].xy == at + 5.0).all()
    assert (overlay.points["camera"].xy == at + 5.0).all()
    runner.step("points")  # for the names, which the load brought as they were
    assert (overlay.points["camera"].xy == at + 5.0).all()


def test_points_read_before_a_write_do_not_take_back_what_a_later_load_read(
    loader, runner, written
):
    load_all(loader, runner)
    at = loader._view.content.points["camera"].xy
    loader.refresh_points({"camera"})
    show = runner.read("points")
    written[0] = 5.0
    load_to_points(loader, runner)
    runner.step("load")
    show()
    assert (loader._view.overlay.points["camera"].xy == at + 5.0).all()
    runner.step("points")
    assert (loader._view.overlay.points["camera"].xy == at + 5.0).all()


def test_workers_on_their_way_stay_there_while_points_are_read(loader, runner):
    load_all(loader, runner)
    overlay, stored = loader._view.overlay, loader._view.content.points["worker"]
    overlay.points["worker"] = replace(stored, xy=stored.xy + 40.0)
    loader.refresh_points({"worker"})
    runner.step("points")
    assert (overlay.points["worker"].xy == stored.xy + 40.0).all()
    load_all(loader, runner)
    assert (overlay.points["worker"].xy == stored.xy + 40.0).all()


def test_what_takes_long_for_a_city_is_made_while_it_is_read(loader, runner, monkeypatch):
    plain, made = MapStyle.building_colours, []

    def colours(style, uses):
        made.append(runner.is_at_work)
        return plain(style, uses)

    monkeypatch.setattr(MapStyle, "building_colours", colours)
    load_all(loader, runner)
    content = loader._view.content
    assert made == [True]
    assert "positions" in vars(content.buildings.features)
    assert "positions" in vars(content.footprints.features)
    assert "middle" in vars(content.buildings.known)
    loader.set_style(map_style("dark"))
    assert made == [True, False]
