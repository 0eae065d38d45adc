"""docs/security.md names tests that are there, and maps every item of the standard once."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_the_page_names_is_there():
    named = set(re.findall(r"\btests/[\w/]+(?:\.py)?", PAGE))
    assert len(named) > 15
    assert not sorted(one for one in named if not (ROOT / one).exists())


def test_every_item_is_mapped_once_to_a_test_a_note_or_an_exception():
    rows = re.findall(r"^\| (V\d\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
    assert len(rows) == len({row[0] for row in rows}) == 121
    says = re.compile(
        r"tests/|docs/|design note: |exception|not applicable: |make lint|hypothesis|this page"
    )
    nouns = "mapdesk/model/nouns.py"
    assert not [row for row in rows if not says.search(row[3]) and nouns not in row[3]]
