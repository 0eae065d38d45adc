"""What a card's table says of values."""

from mapdesk.panels.card_html import rows_html
from mapdesk.services import catalogue


def test_a_main_road_is_no_primary_school():
    catalogue.speak("zh_CN")
    assert "主干路" in rows_html("road", {"kind": "primary"})
    assert "小学" in rows_html("person", {"education": "primary"})
