"""`mapdesk print`: sheets of a known scale, and one sentence for what cannot be."""

import json

import pytest
from PyQt6.QtGui import QImage

from mapdesk.cli.main import main
from mapdesk.model.nouns import ROAD_KINDS
from mapdesk.services import districts
from mapdesk.store import audit
from tests.cli.terminals import Screen
from tests.formats.printed import texts


@pytest.fixture
def run(capsys, town_folder):
    def call(*words):
        status = main(["print", str(town_folder), *map(str, words)], Screen())
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def test_a_sheet_says_its_scale_title_and_sources_and_is_on_record(run, tmp_path, town_folder):
    path = tmp_path / "map.pdf"
    words = ("--scale", 2000, "--title", "Bus stops", "--purpose", "a talk", "--json")
    status, out, _err = run(path, *words)
    assert (status, json.loads(out)["scale"]) == (0, 2000)
    (said,) = texts(path)
    assert {"Bus stops", "1 : 2,000", "For: a talk", "Legend", "N"} <= set(said)
    assert any("Generated demo data" in text for text in said)
    assert set(ROAD_KINDS.values()) & set(said), "streets follow the buildings"
    assert any(text.startswith("For: a talk · Taken out by") for text in said)
    with districts.open_district(town_folder) as store:
        row = audit.last(store)[0]
    assert (row["action"], row["subject"]) == ("print a map", "map: Bus stops")


@pytest.mark.usefixtures("fine_sheets")
def test_a_picture_has_300_dots_an_inch_and_elements_can_be_left_out(run, tmp_path):
    path = tmp_path / "map.png"
    assert run(path, "--portrait", "--without", "legend,north", "--watermark")[0] == 0
    image = QImage(str(path))
    assert (image.width(), image.height()) == (2480, 3508)
    assert image.dotsPerMeterX() == pytest.approx(300 / 0.0254, abs=1)


def test_an_oblique_sheet_in_chinese(run, tmp_path):
    path = tmp_path / "map.pdf"
    assert run(path, "--oblique", 40, "--bearing", 30, "--language", "zh_CN")[0] == 0
    (said,) = texts(path)
    assert "不按比例" in said and "图例" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("{tmp}/x.jpg",), ".pdf"),
        (("{tmp}/none/x.pdf",), "no folder"),
        (("{tmp}/x.pdf", "--scale", "3"), "1:50"),
        (("{tmp}/x.pdf", "--scale", "big"), "not a number"),
        (("{tmp}/x.pdf", "--without", "dragons"), "dragons"),
        (("{tmp}/x.pdf", "--layers", "dragons"), "dragons"),
        (("{tmp}/x.pdf", "--oblique", "40", "--scale", "2000"), "no scale"),
        (("{tmp}/x.pdf", "--distance", "900"), "--scale"),
    ],
)
def test_what_cannot_be_printed_is_one_sentence(run, tmp_path, words, says):
    status, _out, err = run(*(word.format(tmp=tmp_path) for word in words))
    assert status == 1 and says in err and err.count("\n") == 1
    assert not list(tmp_path.glob("*.*"))
