"""Whatever is done to a record behind the desk's back is found and said in one sentence."""

import ast
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapdesk.store.audit import heads, verifying
from mapdesk.store.audit.embedded import FILE
from mapdesk.store.audit.heads import public_key
from mapdesk.store.audit.keys import MemoryKeys
from tests.store.audit.books import judge, look, make_book, rehash, sign, tamper
from tests.test_sentences import SENTENCES, template

ROWS = 12


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    """A folder with a record of twelve rows, two heads, and an anchor file of three."""
    folder = tmp_path_factory.mktemp("audit")
    book = make_book(folder)
    keys = MemoryKeys()
    for number in range(1, ROWS + 1):
        book.append([look(number)])
        if number in (4, 8, 12):
            heads.append(folder / "anchor", sign(book, keys))
    book.close()
    return folder


@pytest.fixture
def record(master, tmp_path):
    """A copy of that folder."""
    return shutil.copytree(master, tmp_path / "audit")


def said(folder, *statements, anchor=False, known=None):
    """Return the sentences of a verification after the file was changed."""
    tamper(folder, *statements)
    verdict = judge(make_book(folder), folder / "anchor" if anchor else None, known)
    return [finding.sentence for finding in verdict.findings]


def test_a_whole_record_is_whole(record):
    verdict = judge(make_book(record), record / "anchor")
    assert (verdict.whole, verdict.rows, verdict.heads, verdict.anchored) == (True, 12, 3, 3)
    assert len(verdict.keys) == 1


def test_a_changed_row_is_named(record):
    (sentence,) = said(record, "UPDATE look SET who = 'nobody' WHERE number = 5")
    assert sentence == "Row 5 was changed: its hash does not fit what it says."


def test_a_changed_row_with_a_new_hash_is_named(record):
    tamper(record, "UPDATE look SET subject = 'B9999' WHERE number = 5")
    rehash_one(record, 5)
    assert any(sentence.startswith("Row 6 does not follow row 5") for sentence in said(record))


def rehash_one(folder, number):
    after = [
        (
            f"UPDATE look SET previous = x'{kept[1].hex()}', hash = x'{kept[2].hex()}' WHERE number = {kept[0]}"
        )
        for kept in rows_of(folder)
        if kept[0] > number
    ]
    rehash(folder, number)
    tamper(folder, *after)


def rows_of(folder):
    with make_book(folder).read() as recorded:
        return [(row[0], row[9], row[10]) for row in recorded.rows]


def test_dropped_rows_are_named(record):
    assert said(record, "DELETE FROM look WHERE number = 7") == [
        "Row 7 is missing: it was dropped."
    ]
    assert "Rows 7 to 9 are missing: they were dropped." in said(
        record, "DELETE FROM look WHERE number IN (8, 9)"
    )


def test_rows_put_in_another_order_are_named(record):
    sentences = said(record, *swap(3, 9))
    assert sentences == [
        "Row 3 is what was written as row 9: rows were put in another order.",
        "Row 9 is what was written as row 3: rows were put in another order.",
    ]


def swap(one, other):
    return (
        f"UPDATE look SET number = -1 WHERE number = {one}",
        f"UPDATE look SET number = {one} WHERE number = {other}",
        f"UPDATE look SET number = {other} WHERE number = -1",
    )


def copy_row(number, to):
    columns = "at, kind, who, role, purpose, action, subject, detail, sealed, previous, hash"
    return f"INSERT INTO look SELECT ?, {columns} FROM look WHERE number = ?", (to, number)


def test_inserted_rows_are_named(record):
    sentences = said(record, copy_row(12, 13))
    assert any("Rows after row 12 were inserted" in sentence for sentence in sentences)
    assert any("Row 0 was inserted" in sentence for sentence in said(record, copy_row(1, 0)))


def test_a_tail_cut_off_is_named_three_ways(record):
    (first, second) = said(record, "DELETE FROM look WHERE number > 10")
    assert first == "The record ends at row 10, but had reached row 12: its tail was cut off."
    assert "the head of row 12 was signed" in second
    rehash(record, 10, and_tip=True)
    (only,) = said(record)
    assert "the head of row 12 was signed" in only
    clean = "UPDATE chain SET heads = 2", "DELETE FROM look_head WHERE number > 10"
    assert said(record, *clean) == []
    (anchored,) = said(record, anchor=True)
    assert anchored.startswith("The record ends at row 10, but line 3 of")


def test_an_older_copy_that_was_worked_on_is_named(master, record):
    """The folder of row 10 is put back, and work goes on to row 15."""
    said(
        record,
        "DELETE FROM look WHERE number > 10",
        "UPDATE chain SET heads = 2",
        "DELETE FROM look_head WHERE number > 10",
    )
    rehash(record, 10, and_tip=True)
    book = make_book(record)
    book.append([look(number) for number in range(11, 16)])
    assert judge(book).whole
    (finding,) = judge(book, record / "anchor").findings
    assert finding.row == 12
    assert (
        "what follows row 8 was written anew, or after an older copy was put back"
        in finding.sentence
    )


def test_a_record_rewritten_by_someone_with_our_source_is_found_by_its_heads(record):
    tamper(record, "UPDATE look SET who = 'nobody' WHERE number = 6")
    rehash(record, 6, and_tip=True)
    sentences = said(record)
    assert [sentence.split(" whose")[0] for sentence in sentences] == [
        "Row 8 is not the one",
        "Row 12 is not the one",
    ]


def test_heads_made_with_another_key_are_found_where_ours_is_at_hand(record):
    tamper(record, "DELETE FROM look_head", "UPDATE chain SET heads = 0")
    sign(make_book(record))
    mine = public_key(MemoryKeys().make("x"))
    assert said(record, known=mine) == [
        "No head is signed with the key at hand: the heads were made with another key."
    ]


def test_a_changed_or_dropped_head_is_found(record):
    assert (
        "its signature does not fit"
        in said(record, "UPDATE look_head SET at = 'x' WHERE number = 8")[0]
    )
    sentences = said(record, "DELETE FROM look_head WHERE number = 8")
    assert sentences == [
        "The record holds 2 heads of 3 that were signed: heads were dropped or added."
    ]


def test_a_changed_anchor_is_found(record, tmp_path):
    lines = (record / "anchor").read_text().splitlines()
    other = make_book(tmp_path / "other", 3)
    for text, expected in (
        ("\n".join([lines[0].replace('"number": 4', '"number": 5'), *lines[1:]]), "no signed head"),
        ("\n".join(["rubbish", *lines]), "Line 1 of"),
        ('{"chain": 1}\n', "no signed head"),
        ("", "holds no heads"),
    ):
        (record / "anchor").write_text(text)
        assert expected in said(record, anchor=True)[0]
    heads.append(record / "anchor", sign(other))
    assert "speaks of another record" in said(record, anchor=True)[0]


def test_an_anchor_file_that_broke_off_goes_on_in_a_line_of_its_own(record):
    with (record / "anchor").open("a") as file:
        file.write('{"mapdesk"')
    heads.append(record / "anchor", sign(make_book(record)))
    assert [head is None for head in heads.read(record / "anchor")] == [False] * 3 + [True, False]


def test_many_findings_are_counted(record):
    tamper(record, "UPDATE look SET who = 'nobody'")
    book = make_book(record)
    book.append([look(number) for number in range(200)])
    tamper(record, "UPDATE look SET who = 'somebody'")
    verdict = judge(book)
    assert len(verdict.findings) == 20
    assert verdict.more == ROWS + 200 - 20


COLUMNS = ("at", "who", "role", "purpose", "action", "subject", "kind", "detail")
ROW = st.integers(1, ROWS)
OTHER_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8)
CHAIN = ("name", "number", "at", "hash", "heads")


@st.composite
def mutations(draw):
    """Return statements that change something; what they may leave as it was is compared by the test."""
    row = draw(ROW)
    kind = draw(
        st.sampled_from(
            ("text", "bytes", "number", "drop", "swap", "insert", "rehash", "head", "chain")
        )
    )
    if kind == "text":
        column = draw(st.sampled_from(COLUMNS))
        return [(f"UPDATE look SET {column} = ? WHERE number = ?", (draw(OTHER_TEXT), row))]
    if kind == "bytes":
        column = draw(st.sampled_from(("previous", "hash")))
        return [
            (f"UPDATE look SET {column} = ? WHERE number = ?", (draw(st.binary(max_size=33)), row))
        ]
    if kind == "number":
        number = draw(st.integers(-3, 30).filter(lambda value: not 1 <= value <= ROWS))
        return [("UPDATE look SET number = ? WHERE number = ?", (number, row))]
    if kind == "drop":
        return [("DELETE FROM look WHERE number BETWEEN ? AND ?", (row, draw(ROW)))]
    if kind == "swap":
        return list(swap(row, draw(ROW)))
    if kind == "insert":
        where = draw(st.integers(1, ROWS + 1))
        room = ("UPDATE look SET number = -number WHERE number >= ?", (where,))
        back = "UPDATE look SET number = 1 - number WHERE number < 0"
        return [room, back, copy_row(draw(st.integers(1, where)) if where > 1 else 2, where)]
    if kind == "rehash":
        return [("UPDATE look SET who = ? WHERE number = ?", (draw(OTHER_TEXT), row)), row]
    if kind == "head":
        column = draw(st.sampled_from(("chain", "hash", "at", "key", "signature")))
        return [(f"UPDATE look_head SET {column} = ? WHERE place = 2", (draw(OTHER_TEXT),))]
    column = draw(st.sampled_from(CHAIN))
    value = {"name": bytes(32), "hash": bytes(32), "at": "2026"}.get(
        column, draw(st.integers(20, 40))
    )
    return [(f"UPDATE chain SET {column} = ?", (value,))]


def content(folder):
    """Return everything the file says."""
    with closing(sqlite3.connect(folder / FILE)) as connection:
        return [
            connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
            for table in ("look", "look_head", "chain")
        ]


@given(mutations())
@settings(max_examples=150)
def test_every_single_change_is_found(master, tmp_path_factory, statements):
    folder = tmp_path_factory.mktemp("changed")
    shutil.copy(master / FILE, folder / FILE)
    tamper(folder, *[one for one in statements if not isinstance(one, int)])
    for row in statements:
        if isinstance(row, int):
            rehash_one(folder, row)
    verdict = judge(make_book(folder))
    assert verdict.whole == (content(folder) == content(master))


@given(st.integers(0, ROWS - 1), st.booleans())
@settings(max_examples=30)
def test_every_cut_and_every_rewriting_is_found_with_an_anchor(
    master, tmp_path_factory, kept, rewritten
):
    """Even by somebody who makes every hash, the tip and the heads fit again."""
    folder = tmp_path_factory.mktemp("cut")
    shutil.copy(master / FILE, folder / FILE)
    heads_kept = len([number for number in (4, 8, 12) if number <= kept])
    tamper(
        folder,
        ("DELETE FROM look_head WHERE number > ?", (kept,)),
        ("UPDATE chain SET heads = ?", (heads_kept,)),
    )
    if rewritten:
        tamper(folder, ("UPDATE look SET subject = 'B0' WHERE number = ?", (kept + 1,)))
        rehash(folder, kept + 1, and_tip=True)
    elif kept:
        tamper(folder, ("DELETE FROM look WHERE number > ?", (kept,)))
        rehash(folder, kept, and_tip=True)
    else:
        tamper(folder, "DELETE FROM look", "UPDATE chain SET number = 0, at = '', hash = name")
    assert judge(make_book(folder)).whole
    assert not judge(make_book(folder), master / "anchor").whole


def test_every_finding_is_said_in_chinese():
    """Findings are no errors, so tests/test_sentences.py does not see them."""
    said = set()
    for node in ast.walk(ast.parse(Path(verifying.__file__).read_text("utf-8"))):
        text = template(node)
        # Literals that are no findings are docstrings, but for the one without a place to fill.
        if (
            text
            and text.endswith(".")
            and (isinstance(node, ast.JoinedStr) or text.startswith("No head"))
        ):
            said.add(text)
    assert len(said) > 15
    assert not said - set(SENTENCES)
