"""``mapdesk export`` and ``mapdesk outgoing``: taking results out, and letting others do so."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.approval import or_asked
from mapdesk.cli.filter_commands import filter_of
from mapdesk.cli.short_ids import whole_id
from mapdesk.model.access import Access
from mapdesk.model.errors import InputError
from mapdesk.model.filter_fields import FILTER_NOUNS
from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.makeup import WHOLE
from mapdesk.model.outgoing import Request
from mapdesk.model.selection import Ref
from mapdesk.model.shapes import GroundShape
from mapdesk.model.subjects import told_subject
from mapdesk.model.users import title_of_role
from mapdesk.services.districts import Progress
from mapdesk.store.database import Store

if TYPE_CHECKING:
    from mapdesk.services.results import Result


def export(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Write a result to a file; where a second person has to approve it, say so or ask."""
    from mapdesk.formats.results import SUFFIXES
    from mapdesk.services import outgoing

    outgoing.check_suffix(options.to, SUFFIXES)
    with opening.opened(options) as store:
        access = store.identity.having(options.purpose)
        result = _result(store, access, options)

        def write() -> Answer:
            count = outgoing.export(store, access, result, options.to)
            data = {"file": str(options.to), "rows": count, "subject": result.subject}
            text = tr(
                "Wrote {count:,} rows to {file}: {subject}",
                count=count,
                file=options.to,
                subject=told_subject(result.subject),
            )
            return Answer(data, text)

        return or_asked(store, access, options.request, write)


def _result(store: Store, access: Access, options: argparse.Namespace) -> Result:
    nameless = options.card or options.search or options.changes or options.makeup
    if options.unmask and (nameless or options.noun not in (None, *FILTER_NOUNS)):
        raise InputError(
            "--unmask is for people of --filter, --noun, --grid or --building; leave it out, or see "
            "'mapdesk home --unmask'."
        )
    return _named(store, access, options) or _asked(store, access, options)


def _named(store: Store, access: Access, options: argparse.Namespace) -> Result | None:
    """Return what one option names whole, or None where there is none such."""
    from mapdesk.services import card_results, making_up, results

    if options.card:
        return card_results.of_card(store, access, Ref(*options.card))
    if options.search:
        return results.of_search(store, access, options.search)
    for noun in ("building", "unit", "household"):
        key = getattr(options, noun)
        if key:
            return results.of_people(store, access, Ref(noun, key), reason=options.unmask)
    if options.changes:
        return results.of_changes(store, access, options.changes)
    if options.makeup:
        results.admit(access, personal=False)
        area = WHOLE if options.makeup == "all" else Ref("grid", options.makeup)
        made, _other = making_up.make_up_of(store, access, area)
        return results.of_makeup(access, made)
    return None


def _asked(store: Store, access: Access, options: argparse.Namespace) -> Result:
    """Return what a filter, or a noun with conditions and an area, takes."""
    from mapdesk.services import results

    if options.grid:
        options.noun = options.noun or "person"
        options.where = [*options.where, f"grid within {options.grid}"]
    if not (options.use or options.noun):
        raise InputError(
            "Say what to take out: --filter NAME; --noun NOUN, with --where, --circle, --polygon (or "
            "--selection) or --grid where it is not all; --card, --search, "
            "--building, --unit, --household, --makeup or --changes."
        )
    if options.use or options.noun in FILTER_NOUNS:
        return results.of_filter(store, access, filter_of(store, options), reason=options.unmask)
    return _placed(store, access, options)


def _placed(store: Store, access: Access, options: argparse.Namespace) -> Result:
    """Return all things of a noun that has a place, or those inside a drawn shape or a grid."""
    from mapdesk.services import export as shapes
    from mapdesk.services import results, selecting

    if options.any or options.none or len(options.where) > bool(options.grid):
        raise InputError(
            f"Conditions are for {', '.join(FILTER_NOUNS)}; of {options.noun} take all, or those inside "
            "--circle, --polygon or --grid."
        )
    if options.grid:
        shape: GroundShape = selecting.shape_of(store, "grid", options.grid)
    elif options.circle:
        shape = shapes.circle_at(store, *options.circle)
    elif options.polygon:
        shape = shapes.area_from_geojson(store, options.polygon)
    else:
        return results.of_noun(store, access, options.noun)
    return results.of_shape(store, access, options.noun, shape)


def outgoing(options: argparse.Namespace, _progress: Progress) -> Answer:
    """List, approve or refuse what waits for a second person."""
    from mapdesk.services import outgoing as service

    with opening.opened(options) as store:
        if options.task == "list":
            others, own = service.listed(store)
            return _listed(others, own)
        decide = service.approve if options.task == "approve" else service.refuse
        request = whole_id(options.request, lambda: [one.id for one in service.listed(store)[0]])
        kept = decide(store, store.identity, request)
    said = (
        tr("Approved, once within 24 hours")
        if kept.state == "approved"
        else tr("Refused for taking out")
    )
    return Answer(asdict(kept), f"{said}: {_line(kept)}")


def _listed(others: list[Request], own: list[Request]) -> Answer:
    data = {"waiting": [asdict(one) for one in others], "own": [asdict(one) for one in own]}
    lines = [tr("Waiting for your word:"), *map(_line, others)] if others else []
    lines += [tr("Asked for by you:"), *map(_line, own)] if own else []
    return Answer(data, "\n".join(lines) or tr("Nothing waits for a second person."))


def _line(one: Request) -> str:
    state = tr("expired") if one.expired else tr(one.state)
    names = tr("names masked") if one.masked else tr("names in full: {reason}", reason=one.reason)
    by = " " + tr("by {user}", user=one.approver) if one.approver else ""
    people = tr("{count:,} people", count=one.people)
    who = f"{one.who} ({title_of_role(one.role, LANGUAGE.code)})"
    return (
        f"{one.id}  {one.at:%Y-%m-%d %H:%M} UTC  {who}  {tr(one.way)}, "
        f"{people}, {names}  {told_subject(one.subject)}  [{one.purpose}]  {state}{by}"
    )
