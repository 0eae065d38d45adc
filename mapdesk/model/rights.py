"""What each role may do.

Rights are few and each is asked for in one place: at the door of a store function (`store.rules`) and,
on PostgreSQL, by the server itself. Who administers users cannot read the register; who audits cannot
change it; who exports cannot approve the export.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """One thing a role may do."""

    PLACES = "places"
    """Read what is on the map: no personal data."""
    STATISTICS = "statistics"
    """Counts of fixed areas, small cells suppressed."""
    PEOPLE = "people"
    """Read people and households, masked, within one's areas; exact counts of any area."""
    SENSITIVE = "sensitive"
    """See minors and care flags among them."""
    UNMASK = "unmask"
    """Unmask one record at a time, with a reason."""
    BREAK_GLASS = "break glass"
    """Reach beyond one's areas in an emergency, with a loud record."""
    CAMERAS = "cameras"
    """Open camera pictures."""
    TRACKS = "tracks"
    """See where workers were."""
    EXPORT = "export"
    """Take results out: export, copy, print."""
    APPROVE = "approve"
    """Approve what another wants to take out."""
    EDIT_REGISTER = "edit register"
    """Change people, households and units."""
    EDIT_PLACES = "edit places"
    """Change everything else of a district."""
    AUDIT = "audit"
    """Read the record of looks and verify it."""
    USERS = "users"
    """Add, change and remove users."""
    BACK_UP = "back up"
    """Take a whole copy of a district, its people unmasked: a backup, or a move to another engine."""
    RETENTION = "retention"
    """Set how long things are kept, and erase what is due."""
    PURPOSES = "purposes"
    """Edit the district's list of usual purposes."""


RIGHT_TITLES = {
    Right.PLACES: "the map",
    Right.STATISTICS: "statistics of fixed areas",
    Right.PEOPLE: "records of people",
    Right.SENSITIVE: "minors and care flags",
    Right.UNMASK: "unmasking",
    Right.BREAK_GLASS: "emergency access",
    Right.CAMERAS: "camera pictures",
    Right.TRACKS: "tracks of workers",
    Right.EXPORT: "taking results out",
    Right.APPROVE: "approving what is taken out",
    Right.EDIT_REGISTER: "changing the register",
    Right.EDIT_PLACES: "changing places",
    Right.AUDIT: "reading the record",
    Right.USERS: "administering users",
    Right.BACK_UP: "backing up",
    Right.RETENTION: "keeping and erasing",
    Right.PURPOSES: "editing usual purposes",
}
"""What people call a right: English keys of the catalogue."""


@dataclass(frozen=True, slots=True)
class Role:
    """A set of rights with a name.

    Parameters
    ----------
    key : str
        Command-line word.
    title, title_zh : str
    rights : frozenset of Right
    """

    key: str
    title: str
    title_zh: str
    rights: frozenset[Right]


_SEEING = frozenset({Right.PLACES})
_COUNTING = _SEEING | {Right.STATISTICS}
_LOOKING = _COUNTING | {Right.PEOPLE}

ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        Role(
            "analyst",
            "Analyst",
            "分析员",
            _LOOKING
            | {Right.SENSITIVE, Right.UNMASK, Right.BREAK_GLASS, Right.CAMERAS, Right.EXPORT},
        ),
        Role(
            "dispatcher",
            "Dispatcher",
            "调度员",
            _LOOKING | {Right.UNMASK, Right.BREAK_GLASS, Right.CAMERAS, Right.TRACKS},
        ),
        Role("planner", "Planner", "规划员", _COUNTING | {Right.EDIT_PLACES, Right.EXPORT}),
        Role("worker", "Grid worker", "网格员", _LOOKING | {Right.SENSITIVE, Right.UNMASK}),
        Role(
            "registrar",
            "Registrar",
            "登记员",
            _LOOKING | {Right.SENSITIVE, Right.UNMASK, Right.EDIT_REGISTER, Right.EDIT_PLACES},
        ),
        Role("auditor", "Auditor", "审计员", _SEEING | {Right.AUDIT}),
        Role(
            "security",
            "Security officer",
            "安全员",
            _SEEING | {Right.APPROVE, Right.RETENTION, Right.AUDIT, Right.BACK_UP, Right.PURPOSES},
        ),
        Role("administrator", "Administrator", "管理员", _SEEING | {Right.USERS, Right.PURPOSES}),
        Role("owner", "Owner", "所有者", frozenset(Right)),
        Role("nobody", "Not signed in", "未登录", frozenset()),
    )
}
"""Every role by key.

The owner is whoever opens an embedded district that has no users yet: folder and key are theirs, so
no rule could hold them. Nobody is who has not signed in where users exist. The registrar brings
registers in and corrects them; no other role writes them.
"""

USER_ROLES = tuple(key for key in ROLES if key not in {"owner", "nobody"})
"""Roles that a user can be given."""
