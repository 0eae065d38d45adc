"""Filters for property tests: any noun, field and operator, values that a small register has or lacks."""

from hypothesis import strategies as st

from mapdesk.model.filter_fields import ARITY, FILTER_FIELDS, FILTER_NOUNS, OPERATORS
from mapdesk.model.filters import Condition, Filter, Group

BIRTHDAYS = [
    "1936-02-28", "1936-02-29", "1936-03-01", "1946-02-28", "1946-03-01", "1946-12-31", "1947-01-01",
    "1980-02-29", "2008-02-28", "2008-02-29", "2008-03-01", "2008-03-02", "2024-02-29", "2026-02-28",
]  # fmt: skip
TODAYS = [
    "2026-02-28",
    "2026-03-01",
    "2026-12-20",
    "2027-01-01",
    "2028-02-28",
    "2028-02-29",
    "2028-03-01",
]
GRIDS = ["G", "G1", "G2", "G11", "nowhere"]
TEXTS = ["101", "1", "a", "%", "_", "'", "Harbour", "x; DROP TABLE person"]
AREAS = [
    "circle 0.0 0.0 60.0",
    "circle 100.0 0.0 20.0",
    "POLYGON ((-5 -5, 55 -5, 55 55, -5 55, -5 -5))",
]
BUILDINGS = ["b0", "b1", "b2", "b9"]


@st.composite
def conditions(draw, noun):
    """Draw one condition on a noun."""
    field = draw(st.sampled_from(FILTER_FIELDS[noun]))
    operator = draw(st.sampled_from(OPERATORS[field.kind]))
    if field.kind == "turning":
        age = draw(st.sampled_from([0, 18, 79, 80, 81, 90]))
        return Condition(field.name, operator, (age, draw(st.sampled_from([0, 1, 15, 60, 400]))))
    fewest, most = ARITY[operator]
    values = draw(st.lists(_values(field, operator), min_size=fewest, max_size=min(most, 3)))
    return Condition(field.name, operator, tuple(sorted(values)))


def _values(field, operator):
    if field.kind == "number":
        low = st.sampled_from([0, 1, 2, 3, 17, 18, 46, 79, 80, 90])
        return low if field.whole else low | st.sampled_from([10.5, 18.25])
    if field.kind == "choice":
        words = st.sampled_from(field.choices)
        return words if field.closed else words | st.just("unheard of")
    pools = {"text": TEXTS, "date": BIRTHDAYS, "flag": [True, False], "grid": GRIDS}
    if field.kind == "area":
        return st.sampled_from(AREAS if operator == "inside" else BUILDINGS)
    return st.sampled_from(pools[field.kind])


@st.composite
def filters(draw, nouns=FILTER_NOUNS):
    """Draw a filter, nested one level."""
    noun = draw(st.sampled_from(nouns))
    modes = st.sampled_from(["all", "any", "none"])
    groups = st.builds(Group, modes, st.lists(conditions(noun), max_size=3).map(tuple))
    parts = draw(st.lists(conditions(noun) | groups, max_size=4))
    return Filter(noun, draw(modes), tuple(parts))
