"""The Make-up dock shows what it was given, and never a suppressed count as 0."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from mapdesk.app import main
from mapdesk.model.makeup import BANDS, HIDDEN, WHOLE, MakeUp
from mapdesk.model.selection import Ref
from mapdesk.panels import theme
from mapdesk.panels.makeup_charts import parts, steps, value_text
from mapdesk.panels.makeup_panel import MakeUpPanel
from mapdesk.services import catalogue


def made_up(seed=1, **changes):
    pyramid = np.random.default_rng(seed).integers(10, 90, (len(BANDS), 3))
    pyramid[-1], pyramid[:, 2] = 0, 0
    men, women, _unknown = pyramid.sum(axis=0).tolist()
    made = MakeUp(
        title="Grid 6",
        ref=Ref("grid", "g6"),
        people=men + women,
        households=800,
        units=900,
        sexes={"male": men, "female": women, "unknown": 0},
        pyramid=pyramid,
        household_sizes={"1": 100, "2": 300, "3": 400, "4": 0, "5": 0, "6+": 0},
        residence_kinds={"registered": men, "floating": women},
        unit_uses={"own": 600, "let": 300},
        educations={"primary": men, "university": women},
    )
    return replace(made, **changes)


@pytest.fixture
def panel(qtbot):
    main.make_application([])
    panel = MakeUpPanel()
    qtbot.addWidget(panel)
    panel.resize(350, 900)
    panel.show()
    yield panel
    panel.close_panel()
    catalogue.speak("en")


def colours_of(panel):
    """Return how many pixels each colour of the panel takes."""
    panel.draw_all()
    image = panel.grab().toImage().convertToFormat(image_format())
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    pixels = np.frombuffer(bits, np.uint32).reshape(image.height(), -1)
    values, counts = np.unique(pixels & 0xFFFFFF, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def image_format():
    from PyQt6.QtGui import QImage

    return QImage.Format.Format_RGB32


def test_it_begins_with_how_to_ask(panel):
    assert "press M" in panel.totals.text()
    assert not panel.against.isEnabled()
    assert panel.shown == ()


def test_men_and_women_are_drawn_to_their_share(panel):
    half = np.zeros((len(BANDS), 3), np.int64)
    half[:21] = 300, 100, 0
    made = made_up(pyramid=half, people=8400, sexes={"male": 6300, "female": 2100, "unknown": 0})
    panel.show_makeup(made, None)
    found = colours_of(panel)
    assert found[0x3F7FC1] / found[0xD9825B] == pytest.approx(3.0, rel=0.15)


def test_hidden_counts_are_said_and_hatched(panel):
    pyramid = made_up().pyramid.copy()
    pyramid[3, 0] = HIDDEN
    made = made_up(pyramid=pyramid, exact=False, household_sizes={"1": None, "2": None, "3": 400})
    panel.show_makeup(made, None)
    assert "fewer than 10" in panel.note.text()
    assert value_text(None, 800, percent=True) == "hidden"
    panel.show_makeup(made_up(), None)
    assert "on record" in panel.note.text()


def test_a_hidden_count_has_no_length():
    counts = np.array([5, HIDDEN, 0])
    assert np.isnan(parts(counts, 10, percent=True)).tolist() == [False, True, False]
    assert parts(counts, 10, percent=True)[0] == 50.0
    assert np.isnan(parts(counts, None, percent=True)).all()
    assert parts(counts, None, percent=False)[0] == 5.0


def test_the_outline_breaks_at_hidden_counts():
    lines = steps(np.array([3.0, np.nan, 4.0, 0.0, 0.0]))
    assert [[(point.x(), point.y()) for point in line] for line in lines] == [
        [(0.0, -0.5), (3.0, -0.5), (3.0, 0.5)],
        [(4.0, 1.5), (4.0, 2.5), (0.0, 2.5)],
    ]
    assert steps(np.zeros(3)) == []


def test_the_legend_names_the_other_area(panel):
    panel.show_makeup(made_up(), made_up(2, ref=WHOLE, title=""))
    assert "The whole district" in panel.legend.text()
    assert "percent" in panel.legend.text()
    QTest.mouseClick(panel.percent, Qt.MouseButton.LeftButton)
    assert "percent" not in panel.legend.text()


def test_a_selection_is_called_by_its_buildings(panel):
    panel.show_makeup(made_up(ref=None, title="", buildings=12), None)
    assert "12 buildings" in panel.title.text()


def test_choosing_a_comparison_asks_for_it(panel, qtbot):
    other = Ref("grid", "g7")
    panel.set_choices([(WHOLE, ""), (other, "Grid 7")])
    panel.show_makeup(made_up(), made_up(2, ref=WHOLE, title=""))
    assert panel.against.currentData() == WHOLE
    with qtbot.waitSignal(panel.asked) as asked:
        panel.against.setCurrentIndex(2)
        panel.against.activated.emit(2)
    assert asked.args == [Ref("grid", "g6"), other]
    with qtbot.waitSignal(panel.asked) as asked:
        panel.against.setCurrentIndex(0)
        panel.against.activated.emit(0)
    assert asked.args == [Ref("grid", "g6"), None]


def test_only_who_may_take_results_out_is_offered_the_picture(panel, qtbot):
    panel.show_makeup(made_up(), None)
    assert not panel.copy.isVisible()
    QApplication.clipboard().clear()
    panel.copy_picture()
    assert QApplication.clipboard().pixmap().isNull()
    panel.set_may_copy(True)
    with qtbot.waitSignal(panel.copy_wanted):
        QTest.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    panel.copy_picture()
    assert QApplication.clipboard().pixmap().height() == panel.page.height()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_it_follows_theme_and_language(panel, name):
    application = QApplication.instance()
    theme.apply(application, name)
    panel.show_makeup(made_up(), None)
    base = int(theme.colours(name)["base"][1:], 16)
    found = colours_of(panel)
    assert max(found, key=found.get) == base
    catalogue.speak("zh_CN")
    assert "户" in panel.totals.text()
    theme.apply(application, "light")


def test_out_of_sight_it_takes_another_language_when_it_is_looked_at(panel):
    panel.show_makeup(made_up(), None)
    panel.hide()
    catalogue.speak("zh_CN")
    assert "户" not in panel.totals.text()
    panel.show()
    assert "户" in panel.totals.text()


def test_bars_stand_beside_the_pyramid_where_there_is_room(panel, qtbot):
    panel.show_makeup(made_up(), None)
    bars = panel.bars["household_sizes"]
    qtbot.waitUntil(lambda: bars.y() > panel.pyramid.y())
    assert bars.x() == panel.pyramid.x()
    assert panel.page.width() <= 350
    panel.resize(900, 700)
    qtbot.waitUntil(lambda: bars.x() > panel.pyramid.x() + panel.pyramid.width() - 1)


def test_nothing_is_left_when_the_purpose_is_withdrawn(panel):
    panel.show_makeup(made_up(), made_up(2))
    panel.show_nothing()
    assert panel.shown == () and "Grid 6" not in panel.title.text()
    assert not panel.pyramid.isVisible()
