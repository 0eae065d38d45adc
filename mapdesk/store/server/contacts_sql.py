"""Contacts of organisations: functions that read, change and compare what nobody but the owner can select.

Who corrects the register is answered about one organisation at a time, on record first. What compares a
contact with something, as edits and files read again do, tells whether that was right: it wants a record, too,
that an earlier transaction has kept; of a file one for the very contacts in it.
Nothing that a caller gives may break a constraint: the server's own words would show the whole row.
"""

from __future__ import annotations

from mapdesk.model.access import LONGEST_REASON, SHORTEST_REASON
from mapdesk.model.nouns import CONTACT, NOUNS
from mapdesk.model.rights import Right
from mapdesk.store.schema import PLACE_BATCHES, PLACE_IMPORT
from mapdesk.store.server.contacts import LONGEST_TITLE
from mapdesk.store.server.doors_sql import EXACT_ASKED, EXACT_MINUTES, KEEP, require, require_role
from mapdesk.store.server.matrix import PLANNING, REGISTRARS
from mapdesk.store.server.names import array, literal
from mapdesk.store.server.scope_sql import DEFINER, UNMASK_MINUTES, WORK_HOURS, permitted

_FIELDS = NOUNS["organisation"].fields
_CONTACT = array(CONTACT)
_REQUIRED = array(field.name for field in _FIELDS if field.required)
_ROW = ", ".join(f"'{field.name}', o.{field.name}" for field in _FIELDS)
_DIGEST = "encode(sha256(convert_to(told, 'UTF8')), 'hex')"
_NEXT = "(SELECT coalesce(max(c.number) + 1, 0) FROM mapdesk.change c WHERE c.batch_id = batch)"


def _own_batch(*kinds: str) -> str:
    return f"""
    IF NOT EXISTS (SELECT FROM mapdesk.batch b WHERE b.id = batch AND b.who = session_user
        AND b.kind = ANY ({array(kinds)})) THEN
        RAISE EXCEPTION 'That is no batch of yours.';
    END IF;
"""


def _asked(minutes: int) -> str:
    return f"""
    {require(Right.EDIT_REGISTER, "contacts")}
    IF NOT coalesce({permitted("contact", "wanted", minutes)}, false) THEN
        RAISE EXCEPTION 'The contact of this organisation was not asked for; give a reason first.';
    END IF;
"""


FUNCTIONS = (
    f"""
CREATE FUNCTION rights.ask_contact(organisation_id text, reason text) RETURNS void
LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
BEGIN
    {require(Right.EDIT_REGISTER, "contacts")}
    IF coalesce(length(btrim(reason)) NOT BETWEEN {SHORTEST_REASON} AND {LONGEST_REASON}, true) THEN
        RAISE EXCEPTION 'Say in four characters or more why this contact has to be seen unmasked.';
    ELSIF NOT EXISTS (SELECT FROM mapdesk.organisation o WHERE o.id = organisation_id) THEN
        RAISE EXCEPTION 'There is no organisation ''%''; ''mapdesk find'' looks for names and ids.',
            organisation_id USING ERRCODE = 'P0002';
    END IF;
    {KEEP}
    PERFORM mapdesk.record_look(rights.my_role(), rights.my_purpose(), 'unmask contact', organisation_id,
        'unmask', jsonb_build_object('reason', btrim(reason))::text);
    INSERT INTO mapdesk.asked (login, kind, subject) VALUES (session_user, 'contact', organisation_id);
END
$$
""",
    f"""
CREATE FUNCTION rights.contact_of(organisation_id text)
RETURNS TABLE ({", ".join(f"{name} text" for name in CONTACT)}) LANGUAGE plpgsql STABLE {DEFINER} AS $$
#variable_conflict use_column
DECLARE
    wanted text := $1;
BEGIN
    {_asked(UNMASK_MINUTES)}
    RETURN QUERY SELECT {", ".join(f"o.{name}::text" for name in CONTACT)}
        FROM mapdesk.organisation o WHERE o.id = wanted;
END
$$
""",
    f"""
CREATE FUNCTION rights.change_organisation(batch text, organisation_id text, fields text[], before text[],
    after text[]) RETURNS bigint LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    wanted text := organisation_id;
    was jsonb;
    one record;
    who text;
    number bigint;
BEGIN
    {require_role(Right.EDIT_PLACES)}
    {_own_batch(*PLACE_BATCHES)}
    IF coalesce(NOT fields <@ {array(field.name for field in _FIELDS)}, true) THEN
        RAISE EXCEPTION 'An organisation has no such field.' USING ERRCODE = '22023';
    END IF;
    IF fields && {_CONTACT} THEN
        {_asked(60 * WORK_HOURS)}
    END IF;
    SELECT jsonb_build_object({_ROW}) INTO was FROM mapdesk.organisation o WHERE o.id = wanted FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The organisation ''%'' is gone; someone removed it meanwhile.', wanted
            USING ERRCODE = 'P0002';
    END IF;
    FOR one IN SELECT f.name, f.believed FROM unnest(fields, before) AS f (name, believed) LOOP
        CONTINUE WHEN was ->> one.name IS NOT DISTINCT FROM one.believed;
        SELECT b.who || to_char(b.at, ', YYYY-MM-DD HH24:MI "UTC"') INTO who
            FROM mapdesk.change c JOIN mapdesk.batch b ON b.id = c.batch_id
            WHERE c.row_id = wanted AND c.field = one.name ORDER BY b.at DESC LIMIT 1;
        RAISE EXCEPTION '% of organisation ''%'' was changed to % meanwhile (%); nothing was written, '
            'look at it anew.', one.name, wanted, CASE WHEN one.name = ANY ({_CONTACT}) THEN 'another value'
            ELSE '''' || coalesce(was ->> one.name, 'None') || '''' END, coalesce(who, 'another desk')
            USING ERRCODE = '55000';
    END LOOP;
    number := {_NEXT};
    FOR one IN SELECT f.name, f.value FROM unnest(fields, after) AS f (name, value) LOOP
        CONTINUE WHEN was ->> one.name IS NOT DISTINCT FROM one.value;
        IF one.name = ANY ({_REQUIRED}) AND one.value IS NULL THEN
            RAISE EXCEPTION '% must not be empty.', one.name USING ERRCODE = '22023';
        END IF;
        EXECUTE format('UPDATE mapdesk.organisation SET %I = $1 WHERE id = $2', one.name)
            USING one.value, wanted;
        INSERT INTO mapdesk.change (batch_id, number, noun, row_id, kind, field, old, new)
        VALUES (batch, number, 'organisation', wanted, 'changed', one.name, was ->> one.name, one.value);
        number := number + 1;
    END LOOP;
    RETURN number;
END
$$
""",
    f"""
CREATE FUNCTION rights.ask_to_compare(digest text, title text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
BEGIN
    {require_role(Right.EDIT_PLACES)}
    IF coalesce(digest !~ '^[0-9a-f]{{64}}$' OR length(title) NOT BETWEEN 1 AND {LONGEST_TITLE}, true) THEN
        RAISE EXCEPTION 'Give the digest of what is compared, and what it is called.' USING ERRCODE = '22023';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('mapdesk asked ' || session_user, 0));
    IF (SELECT count(*) FROM mapdesk.asked a WHERE a.login = session_user AND a.kind = 'compare'
        AND a.at > clock_timestamp() - interval '{EXACT_MINUTES} minutes') >= {EXACT_ASKED} THEN
        RAISE EXCEPTION 'More than {EXACT_ASKED} files with contacts in {EXACT_MINUTES} minutes are not '
            'brought in; try again later.';
    END IF;
    {KEEP}
    PERFORM mapdesk.record_look(rights.my_role(), rights.my_purpose(), 'compare contacts', title, 'look',
        '{{}}');
    INSERT INTO mapdesk.asked (login, kind, subject) VALUES (session_user, 'compare', digest);
END
$$
""",
    f"""
CREATE FUNCTION rights.note_contacts(batch text, told text) RETURNS bigint LANGUAGE plpgsql {
        DEFINER
    } AS $$
#variable_conflict use_variable
DECLARE
    digest text := {_DIGEST};
    noted bigint;
BEGIN
    {require_role(Right.EDIT_PLACES)}
    {_own_batch(PLACE_IMPORT)}
    IF NOT {permitted("compare", "digest", 60 * WORK_HOURS)} THEN
        RAISE EXCEPTION 'Comparing these contacts was not asked for first.';
    END IF;
    INSERT INTO mapdesk.change (batch_id, number, noun, row_id, kind, field, old, new)
    SELECT batch, {
        _NEXT
    } + row_number() OVER (ORDER BY o.id, f.key) - 1, 'organisation', o.id, 'changed',
        f.key, was.value, v.value
    FROM jsonb_each(told::jsonb) f CROSS JOIN LATERAL jsonb_each_text(f.value) v
    JOIN mapdesk.organisation o ON o.id = v.key
    CROSS JOIN LATERAL (SELECT CASE f.key {
        " ".join(f"WHEN {literal(name)} THEN o.{name}" for name in CONTACT)
    } END AS value) was
    WHERE f.key = ANY ({_CONTACT}) AND was.value IS DISTINCT FROM v.value;
    GET DIAGNOSTICS noted = ROW_COUNT;
    RETURN noted;
END
$$
""",
)

DOORS: dict[str, tuple[str, ...]] = {
    "ask_contact(text, text)": REGISTRARS,
    "contact_of(text)": REGISTRARS,
    "change_organisation(text, text, text[], text[], text[])": PLANNING,
    "ask_to_compare(text, text)": PLANNING,
    "note_contacts(text, text)": PLANNING,
}
"""Roles that may call each function; the functions ask again."""
