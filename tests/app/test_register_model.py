"""Ticks stand for the same rows as a plain set of lines would."""

from hypothesis import given
from hypothesis import strategies as st

from mapdesk.app.register_model import Ticks

LINES = {"new": range(2, 8), "changed": range(8, 12), "gone": range(-3, 0)}
COUNTS = {status: len(lines) for status, lines in LINES.items()}
STATUS_OF = {line: status for status, lines in LINES.items() for line in lines}

ACTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(sorted(STATUS_OF)), st.booleans()),
        st.tuples(st.sampled_from(sorted(LINES)), st.booleans()),
    ),
    max_size=20,
)


@given(ACTS)
def test_ticks_are_a_set_of_lines(acts):
    ticks, plain = Ticks(), set()
    for what, ticked in acts:
        lines = LINES[what] if isinstance(what, str) else [what]
        plain = plain | set(lines) if ticked else plain - set(lines)
        if isinstance(what, str):
            ticks.set_all(what, ticked=ticked)
        else:
            ticks.set(what, STATUS_OF[what], ticked=ticked)
    assert {line for line, status in STATUS_OF.items() if ticks.has(line, status)} == plain
    assert ticks.count(COUNTS) == len(plain)
    for status, lines in LINES.items():
        assert ticks.count_of(status, COUNTS) == len(plain & set(lines))
    # What accepting is told means the same rows.
    meant = {line for line, status in STATUS_OF.items() if status in ticks.whole} - set(ticks.but)
    assert meant | set(ticks.lines) == plain
