"""Opening cameras: with a purpose, on record, and with the address their pictures come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mapdesk.model.access import Access
from mapdesk.model.errors import NotFoundError
from mapdesk.store import audit, media, places
from mapdesk.store.database import Store
from mapdesk.store.server import asking


@dataclass(frozen=True)
class CameraAddress:
    """Where a camera's pictures come from; empty where the register does not say."""

    id: str
    name: str
    main: str
    sub: str


def open_cameras(store: Store, access: Access, ids: Sequence[str]) -> list[CameraAddress]:
    """Return the stream addresses of cameras, one audit row for each.

    Paths are taken from the district's folder, so that a district can bring clips along.

    Raises
    ------
    PurposeError
        No purpose given.
    NotFoundError
        None of them has an address; those without one are left out.
    """
    access.require_purpose("camera pictures")
    rows = places.rows(store, "camera", ids)
    if store.is_guest:
        store.begin_work(access.purpose)
        opened = asking.streams(store, [row["id"] for row in rows])
        for row in rows:
            row["main_stream"], row["sub_stream"] = opened.get(row["id"], (None, None))
    rows = [row for row in rows if row["main_stream"] or row["sub_stream"]]
    if not rows:
        raise NotFoundError(
            "The register has no stream address for this camera; import one as main_stream."
        )
    audit.record_all(store, access, "open stream", [row["id"] for row in rows])
    return [
        CameraAddress(
            row["id"],
            str(row["name"] or row["id"]),
            _address(store, row["main_stream"]),
            _address(store, row["sub_stream"]),
        )
        for row in rows
    ]


def _address(store: Store, text: str | None) -> str:
    if not text or "://" in text or Path(text).is_absolute():
        return text or ""
    return str(media.local(store, text))
