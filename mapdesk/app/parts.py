"""The parts of a desk beside its frame: each owns its docks and dialogs and listens to the window.

An action whose `run` is "part.method" runs a method of the part of that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapdesk.app.base_map_actions import BaseMapDesk
from mapdesk.app.bookmark_actions import BookmarkDesk
from mapdesk.app.card_actions import CardDesk
from mapdesk.app.copy_actions import CopyActions
from mapdesk.app.filter_actions import FilterDesk
from mapdesk.app.forgotten import Forgotten
from mapdesk.app.height_actions import HeightDesk
from mapdesk.app.inside_actions import InsideDesk
from mapdesk.app.landmark_actions import LandmarkDesk
from mapdesk.app.makeup_actions import MakeUpActions
from mapdesk.app.map_menu import MapMenu
from mapdesk.app.measure_actions import MeasureDesk
from mapdesk.app.outgoing_actions import OutgoingDesk
from mapdesk.app.overview_actions import OverviewDesk
from mapdesk.app.place_actions import PlaceDesk
from mapdesk.app.point_actions import PointDesk
from mapdesk.app.print_actions import PrintDesk
from mapdesk.app.record_actions import RecordDesk
from mapdesk.app.register_actions import RegisterDesk
from mapdesk.app.rights_actions import RightsActions
from mapdesk.app.row_actions import RowDesk
from mapdesk.app.second_map import SecondMap
from mapdesk.app.section_actions import SectionDesk
from mapdesk.app.settings_actions import SettingsActions
from mapdesk.app.sharing import Sharing
from mapdesk.app.street_actions import StreetDesk
from mapdesk.app.style_actions import StyleActions
from mapdesk.app.time_actions import TimeDesk
from mapdesk.app.vault_actions import VaultActions
from mapdesk.app.wall import WallMode

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow


class Parts:
    """The parts of one window, which let go of what they hold when it closes."""

    def __init__(self, window: DeskWindow) -> None:
        self.forgotten = Forgotten(window)
        self.makeup = MakeUpActions(window)
        self.filters = FilterDesk(window)
        self.cards = CardDesk(window)
        self.inside = InsideDesk(window)
        self.menu = MapMenu(window)
        self.landmarks = LandmarkDesk(window)
        self.outgoing = OutgoingDesk(window, self.filters, self.makeup)
        self.prints = PrintDesk(window)
        self.record = RecordDesk(window)
        self.rights = RightsActions(window)
        self.vault = VaultActions(window)
        self.copies = CopyActions(window)
        self.register = RegisterDesk(window)
        self.rows = RowDesk(window, self.register)
        self.sharing = Sharing(window)
        self.points = PointDesk(window)
        self.places = PlaceDesk(window)
        self.measures = MeasureDesk(window)
        self.section = SectionDesk(window)
        self.bookmarks = BookmarkDesk(window)
        self.overview = OverviewDesk(window)
        self.street = StreetDesk(window)
        self.second = SecondMap(window, self.overview)
        self.wall = WallMode(window)
        self.base = BaseMapDesk(window)
        self.heights = HeightDesk(window)
        self.heights.changed.connect(self.base.view.terrain.reload)
        self.heights.changed.connect(self.measures.renew)
        window.map.stood.connect(self.measures.renew)
        self.settings = SettingsActions(window)
        self.time = TimeDesk(window, self.base.view)
        self.styles = StyleActions(window, self.base.view, self.time)
