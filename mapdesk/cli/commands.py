"""What each command does: a service called, its answer as data and as text."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from mapdesk.cli import (
    audit_commands,
    bookmark_commands,
    landmark_commands,
    opening,
    outgoing_commands,
    panorama_commands,
    place_commands,
    register_commands,
    rights_commands,
    style_commands,
    unmask_commands,
    user_commands,
    vault_commands,
)
from mapdesk.cli.answer import Answer, Command
from mapdesk.cli.approval import admit_out, let_out
from mapdesk.cli.book_commands import book
from mapdesk.cli.card_commands import card, living_line, people
from mapdesk.cli.columns import noun_said, padded, said
from mapdesk.cli.desk_commands import demo, doctor, open_desk, shot
from mapdesk.cli.filter_commands import filter_rows
from mapdesk.cli.makeup_commands import makeup
from mapdesk.cli.print_commands import print_map
from mapdesk.cli.raster_commands import raster
from mapdesk.cli.terrain_commands import terrain
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr
from mapdesk.model.nouns import NOUNS
from mapdesk.services.districts import Progress
from mapdesk.store.engines.urls import shown


def new(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Make an empty district."""
    from mapdesk.services import districts

    if options.encrypted:
        return vault_commands.new_encrypted(options)
    if (options.district is None) == (options.store is None):
        raise InputError("Say where: mapdesk new DIR, or mapdesk new --store postgresql://...")
    with districts.create_district(
        options.district or options.store, options.name, options.crs
    ) as store:
        crs, where = store.district.crs, store.place
    return Answer(
        {"place": where, "name": options.name, "crs": crs},
        tr(
            "Made {name} ({crs}) in {place}; 'mapdesk import' brings data in.",
            name=options.name,
            crs=crs,
            place=where,
        ),
    )


def load(options: argparse.Namespace, progress: Progress) -> Answer:
    """Import a file."""
    from mapdesk.services import importing
    from mapdesk.services.import_report import report_text

    with opening.opened(options) as store:
        report = importing.import_file(
            store,
            options.file,
            options.kind,
            fields=dict(options.field),
            key=options.key,
            assume_crs=options.assume_crs,
            layer=options.layer,
            dry_run=options.dry_run,
            progress=progress,
        )
    return Answer(asdict(report) | {"kept": report.kept}, report_text(report))


def info(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Describe a district."""
    from mapdesk.services import districts

    with opening.opened(options) as store:
        found = districts.describe(store)
    lines = [f"{found.name}  ({found.crs}, {found.crs_name})", tr("in {place}", place=found.place)]
    if found.extent_lonlat:
        west, south, east, north = found.extent_lonlat
        lines.append(
            tr(
                "from {west:.5f}, {south:.5f} to {east:.5f}, {north:.5f} (longitude, latitude)",
                west=west,
                south=south,
                east=east,
                north=north,
            )
        )
    lines += [
        f"  {padded(tr(NOUNS[key].title), 18)}{count:>10,}"
        for key, count in found.counts.items()
        if count
    ]
    lines += [f"  {text}" for text in found.attributions]
    lines.append(", ".join(f"{name} {version}" for name, version in found.versions.items()))
    return Answer(asdict(found), "\n".join(lines))


def select(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Select by a circle or a polygon."""
    from mapdesk.services import export, selecting

    with opening.opened(options) as store:
        if options.circle:
            lon, lat, metres = options.circle
            shape: Any = export.circle_at(store, lon, lat, metres)
        else:
            shape = export.area_from_geojson(store, options.polygon)
        kinds = [_noun(kind) for kind in options.kinds]
        found = selecting.select(store, kinds, shape)
        access = store.identity.having(options.purpose)
        if "building" in kinds and not options.geojson:
            found = selecting.counted(store, access, found)
        rows = selecting.details(store, found, kinds)
        if options.geojson:
            return Answer(export.feature_collection(store, rows), None)
    data = {
        noun: [{k: v for k, v in row.items() if k != "geometry"} for row in group]
        for noun, group in rows.items()
    }
    lines = []
    for noun, group in data.items():
        lines.append(f"{tr(NOUNS[noun].title)}: {len(group):,}")
        lines += [f"  {row['id']}  {_title(row)}".rstrip() for row in group]
    if "building" in kinds:
        lines.append(
            tr("People living in these buildings: {count}", count=living_line(found.people))
        )
    living = {"people": found.people.count, "people_hidden": found.people.why}
    return Answer(living | data, "\n".join(lines))


def _noun(kind: str) -> str:
    """Return the noun meant by "camera", "cameras", "land-use" or "land_use"."""
    from mapdesk.services.importing import IMPORT_KINDS

    return IMPORT_KINDS.get(kind.replace("_", "-"), kind)


def _title(row: dict[str, Any]) -> str:
    for name in ("name", "title", "text", "address", "kind"):
        if row.get(name):
            return said(row[name]) if name == "kind" else str(row[name])
    return ""


def nearest(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Find the nearest things of a kind."""
    from mapdesk.services import nearest as service

    with opening.opened(options) as store:
        x, y = store.district.from_lonlat(*options.to)
        found = service.nearest(store, _noun(options.kind), float(x), float(y), options.count)
    data = [
        {
            "id": one.ref.id,
            "name": one.name,
            "metres": round(one.metres, 1),
            "bearing": round(one.bearing, 1),
            "status": one.status,
            "reason": one.reason,
        }
        for one in found
    ]
    lines = [
        f"{row['metres']:>9,.1f} m  {row['bearing']:>5.1f}°  {row['id']}  {row['name']}  {said(row['reason'])}"
        for row in data
    ]
    return Answer(data, "\n".join(lines) or tr("There is none to be near."))


def find(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Find things by text."""
    from mapdesk.services import finding

    with opening.opened(options) as store:
        access = store.identity.having(options.purpose)
        if options.purpose:
            access.require_purpose("people")
            admit_out(store, options)
        found = finding.find(store, options.text, access)
        data = [one.row(store.district) for one in found]
        persons = [row["id"] for row in data if row["kind"] == "person"]
        let_out(store, options, finding.told(options.text), persons)
    lines = [
        f"{padded(noun_said(str(row['kind'])), 13)} {row['id']}  {row['title']}  "
        f"{said(row['detail'])}".rstrip()
        for row in data
    ]
    return Answer(data, "\n".join(lines) or tr("Nothing found; try a part of the name, or an id."))


def home(options: argparse.Namespace, progress: Progress) -> Answer:
    """Say where a person lives; with a reason, who they are."""
    from mapdesk.services import residents

    if options.unmask is not None:
        return unmask_commands.unmask(options, progress)
    with opening.opened(options) as store:
        admit_out(store, options)
        found = residents.home_of(store, store.identity.having(options.purpose), options.person)
        people = [options.person, *(row["id"] for row in found.household)]
        let_out(store, options, f"home of person {options.person}", people)
    building = {k: v for k, v in (found.building or {}).items() if k != "geometry"}
    data = {
        "person": found.person,
        "unit": found.unit,
        "floor": found.unit["floor"] if found.unit else None,
        "building": building or None,
        "grids": found.grids,
        "household": found.household,
    }
    chain = " > ".join(str(grid["name"] or grid["id"]) for grid in found.grids)
    unit = found.unit or {}
    where = building.get("address") or building.get("name") or building.get("id")
    place = tr(
        "stair {stair}, floor {floor}, room {room}",
        stair=unit.get("stair") or "-",
        floor=unit.get("floor", "-"),
        room=unit.get("room") or "-",
    )
    members = tr("{count} in the household", count=len(found.household))
    text = (
        f"{found.person['name']} ({found.person['id']})\n"
        f"{where or tr('no home on record')}\n{place}\n{chain}\n{members}"
    )
    return Answer(data, text)


def backup(options: argparse.Namespace, progress: Progress) -> Answer:
    """Back a district up."""
    from mapdesk.services import copying

    with opening.opened(options) as store:
        size = copying.backup(store, options.file, progress)
    return Answer(
        {"file": str(options.file), "bytes": size},
        tr("Backed up to {file} ({size:.1f} MB)", file=options.file, size=size / 1e6),
    )


def restore(options: argparse.Namespace, progress: Progress) -> Answer:
    """Restore a backup."""
    from mapdesk.services import districts

    districts.restore(options.file, options.district, progress)
    return Answer(
        {"folder": str(options.district)}, tr("Restored to {folder}", folder=options.district)
    )


def copy(options: argparse.Namespace, progress: Progress) -> Answer:
    """Copy a district between folders and servers."""
    from mapdesk.services import copying

    with opening.opened(options) as store:
        digests = copying.copy_district(store, options.target, progress, in_clear=options.in_clear)
        was_encrypted = store.vault is not None
    counted = {name: digest.rows for name, digest in digests.items() if digest.rows}
    text = ", ".join(
        f"{count:,} {tr(NOUNS[name].title) if name in NOUNS else name}"
        for name, count in counted.items()
    )
    lines = [tr("Copied and compared: {counts}.", counts=text or tr("an empty district"))]
    if was_encrypted:
        lines.append(tr("The copy is not encrypted."))
    lines.append(tr(copying.RECORD_STAYS, place=shown(options.district)))
    return Answer(
        {name: asdict(digest) for name, digest in digests.items()},
        "\n".join(lines),
    )


COMMANDS: dict[str, Command] = {
    "demo": demo,
    "new": new,
    "import": load,
    "info": info,
    "select": select,
    "nearest": nearest,
    "find": find,
    "people": people,
    "card": card,
    "home": home,
    "bookmark": bookmark_commands.bookmark,
    "tour": bookmark_commands.tour,
    "where": place_commands.where,
    "measure": place_commands.measure,
    "sight": place_commands.sight,
    "section": place_commands.section,
    "landmark": landmark_commands.landmark,
    "shot": shot,
    "open": open_desk,
    "backup": backup,
    "restore": restore,
    "copy": copy,
    "doctor": doctor,
    "makeup": makeup,
    "filter": filter_rows,
    "user": user_commands.user,
    "sign-in": user_commands.sign_in,
    "audit": audit_commands.audit,
    "encrypt": vault_commands.encrypt,
    "passphrase": vault_commands.passphrase,
    "retention": rights_commands.retention,
    "purpose": rights_commands.purpose,
    "register": register_commands.register,
    "book": book,
    "print": print_map,
    "export": outgoing_commands.export,
    "outgoing": outgoing_commands.outgoing,
    "style": style_commands.style,
    "panorama": panorama_commands.panorama,
    "raster": raster,
    "terrain": terrain,
}
