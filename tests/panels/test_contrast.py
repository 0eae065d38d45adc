"""Every text of the map and of the panels can be read on its ground, by day and by night."""

import re

import pytest
from PyQt6.QtWidgets import QTextBrowser

from mapdesk.layers.contrast import LEAST, contrast, luminance
from mapdesk.layers.names import name_styles
from mapdesk.layers.style import map_style, rgb
from mapdesk.panels import card_html, theme
from mapdesk.scene3d import rooms

THEMES = ("light", "dark")
GROUNDS = ("window", "base", "alternate")
"""What text without a ground of its own may stand on."""


def test_contrast_is_reckoned_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")
    assert luminance("#ffffff") == pytest.approx(1.0)


def rules():
    """Return (selector, colour of text, ground or None) of each rule of the sheet that colours text."""
    for selector, body in re.findall(r"([^{}]+)\{\{(.*?)\}\}", theme._SHEET, re.DOTALL):
        text = re.search(r"(?<![-\w])color:\s*(\{\w+\}|#\w{6})", body)
        ground = re.search(r"background(?:-color)?:\s*(\{\w+\}|#\w{6})", body)
        if text:
            yield selector.strip(), text[1], ground[1] if ground else None


def test_the_sheet_has_rules_for_text():
    assert len(list(rules())) > 30


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(("selector", "text", "ground"), list(rules()))
def test_every_text_of_the_panels_can_be_read(name, selector, text, ground):
    colours = theme.colours(name)
    grounds = [ground] if ground else [f"{{{one}}}" for one in GROUNDS]
    if selector.startswith("#MessageBar"):
        grounds = ["{warn}"]
    elif selector.startswith("#EmergencyBar"):
        grounds = ["#b3261e"]
    for one in grounds:
        assert contrast(text.format(**colours), one.format(**colours)) >= LEAST, selector


@pytest.mark.parametrize("name", THEMES)
def test_selected_text_tips_and_links_can_be_read(name):
    colours = theme.colours(name)
    for text, ground in (("on_accent", "accent"), ("window", "text"), ("accent", "base")):
        assert contrast(colours[text], colours[ground]) >= LEAST


@pytest.mark.parametrize("name", THEMES)
def test_lesser_text_of_cards_has_the_colour_of_the_theme(qapp, name):
    before = qapp.palette(), qapp.styleSheet()
    try:
        theme.apply(qapp, name)
        browser = QTextBrowser()
        browser.setHtml(card_html.STYLE + card_html.muted("less"))
        found = browser.document().begin().begin().fragment().charFormat().foreground().color()
        assert found.name() == theme.colours(name)["muted"]
        browser.close()
    finally:
        qapp.setPalette(before[0])
        qapp.setStyleSheet(before[1])


@pytest.mark.parametrize("name", THEMES)
def test_every_name_of_the_map_can_be_read_on_its_halo(name):
    styles = name_styles(name)
    for kind in styles.kinds:
        assert contrast(styles.colour(kind), styles.halo) >= LEAST, kind


@pytest.mark.parametrize("name", THEMES)
def test_names_of_water_and_greens_can_be_read_on_these_too(name):
    styles, land = name_styles(name), map_style(name).land_use
    assert contrast(styles.colour("water"), land["water"]) >= LEAST
    for kind in ("park", "grass", "forest", "farmland", "hill"):
        assert contrast(styles.colour("green"), land[kind]) >= LEAST, kind


def blended(over, under, opacity):
    mixed = rgb(over) * opacity + rgb(under) * (1 - opacity)
    return "#" + "".join(f"{round(part):02x}" for part in mixed)


@pytest.mark.parametrize("name", THEMES)
def test_scale_and_sources_can_be_read_over_every_ground(name):
    style = map_style(name)
    label, halo = style.plain["label"], style.plain["halo"]
    assert contrast(label, halo) >= LEAST
    grounds = [style.plain["land"], style.plain["horizon"], *style.land_use.values()]
    for ground in [*grounds, *style.road.values(), *style.building.values()]:
        # The plate behind the sources lets a fifth of the map through.
        assert contrast(label, blended(halo, ground, 200 / 255)) >= LEAST, ground


def test_counts_of_clusters_and_glyphs_can_be_read_on_their_discs():
    for name in THEMES:
        for noun, colour in map_style(name).symbol.items():
            assert contrast("#ffffff", colour) >= LEAST, noun


@pytest.mark.parametrize("colour", [*map_style("light").unit_use.values(), rooms.UNKNOWN_USE])
def test_numbers_of_rooms_can_be_read_on_the_colours_of_uses(colour):
    ink = "#14191e" if rooms._luminance(rgb(colour)) > 0.18 else "#ffffff"
    assert contrast(ink, colour) >= LEAST
