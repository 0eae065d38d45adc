"""From the card and the selection to the Make-up dock, by key."""

from mapdesk.model.makeup import WHOLE
from mapdesk.model.selection import Living, Ref, Selection
from mapdesk.store import audit
from tests.app.conftest import Hand


def shown(hand: Hand) -> tuple:
    hand.settled()
    panel = hand.desk.parts.makeup.panel
    return () if panel is None else panel.shown


def test_the_make_up_of_a_building_is_one_key_away(hand, full_building):
    assert hand.desk.parts.makeup.dock.isHidden()
    hand.desk.asking.card(Ref("building", full_building))
    hand.settled()
    hand.shortcut("select.makeup")
    made, other = shown(hand)
    assert made.ref == Ref("building", full_building) and made.people > 0
    assert other.ref == WHOLE and other.people == 3000
    assert not hand.desk.parts.makeup.dock.isHidden()
    actions = [row["action"] for row in audit.last(hand.desk.store)]
    assert actions[:2] == ["make-up of area"] * 2


def test_card_and_make_up_share_a_place_and_the_newest_is_in_front(hand, full_building):
    card, dock = hand.desk.docks["Card"], hand.desk.parts.makeup.dock
    hand.desk.asking.card(Ref("building", full_building))
    hand.settled()
    hand.shortcut("select.makeup")
    shown(hand)
    hand.qtbot.waitUntil(lambda: not dock.visibleRegion().isEmpty())
    assert card.visibleRegion().isEmpty()
    assert dock.height() > 300
    hand.desk.asking.card(Ref("building", full_building))
    hand.settled()
    hand.qtbot.waitUntil(lambda: not card.visibleRegion().isEmpty())
    assert dock.visibleRegion().isEmpty()


def test_the_make_up_of_a_selection(hand, full_building):
    hand.shortcut("select.makeup_selection")
    assert "Select buildings" in hand.desk.messages.label.text()
    hand.desk.session.select(Selection({"building": (full_building,)}, Living(1)))
    hand.shortcut("select.makeup_selection")
    made, _other = shown(hand)
    assert made.ref is None and made.buildings == 1


def test_another_comparison_is_asked_for_in_the_dock(hand, full_building):
    hand.desk.asking.card(Ref("building", full_building))
    hand.settled()
    hand.shortcut("select.makeup")
    shown(hand)
    panel = hand.desk.parts.makeup.panel
    panel.against.setCurrentIndex(2)
    panel.against.activated.emit(2)
    _made, other = shown(hand)
    assert other.ref.noun == "grid"
    panel.against.activated.emit(0)
    assert len(shown(hand)) == 1


def test_withdrawing_the_purpose_takes_exact_counts_away(hand, full_building):
    hand.desk.asking.card(Ref("building", full_building))
    hand.settled()
    hand.shortcut("select.makeup")
    assert shown(hand)
    hand.desk.commands.set_purpose("")
    assert shown(hand) == ()
    hand.shortcut("select.makeup")
    assert shown(hand) == ()
    assert "what you need" in hand.desk.messages.label.text()


def test_nothing_to_ask_about_is_said(hand):
    hand.shortcut("select.makeup")
    assert "Click a building or a grid" in hand.desk.messages.label.text()


def test_a_copy_is_on_record(hand, full_building):
    hand.desk.asking.card(Ref("building", full_building))
    hand.settled()
    hand.shortcut("select.makeup")
    shown(hand)
    hand.press_button(hand.desk.parts.makeup.panel.copy)
    hand.settled()
    assert "take out by copy" in [row["action"] for row in audit.last(hand.desk.store)]
