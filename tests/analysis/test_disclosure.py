"""Nobody who has every shown count of every fixed area can reckon a hidden one."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.analysis import disclosure
from mapdesk.analysis.disclosure import Sum, protect

PEOPLE, MEN, WOMEN, YOUNG_M, OLD_M, YOUNG_W, OLD_W, HERE, THERE, HOMES, ONE, TWO, MORE = range(13)
SUMS = (
    Sum(PEOPLE, (MEN, WOMEN)),
    Sum(MEN, (YOUNG_M, OLD_M)),
    Sum(WOMEN, (YOUNG_W, OLD_W)),
    Sum(PEOPLE, (HERE, THERE)),
    Sum(HOMES, (ONE, TWO, MORE)),
    Sum(PEOPLE, (ONE, TWO), (1, 2), MORE),
)


def filled(leaves):
    """Return whole rows from (young men, old men, young women, old women, share here, homes of 3)."""
    rows = []
    for young_m, old_m, young_w, old_w, most_here, most_three in leaves:
        men, women = young_m + old_m, young_w + old_w
        here = min(most_here, men + women)
        three = min(most_three, (men + women) // 3)
        two, one = divmod(men + women - 3 * three, 2)
        ages = [men + women, men, women, young_m, old_m, young_w, old_w]
        rows.append([*ages, here, men + women - here, one + two + three, one, two, three])
    return np.array(rows, np.int64).reshape(-1, 13)


@st.composite
def districts(draw):
    """A tree of areas, up to three levels below the root, with the counts of its leaves summed up."""
    parents = [-1]
    level = [0]
    for _step in range(draw(st.integers(0, 2))):
        below = []
        for parent in level:
            for _child in range(draw(st.integers(0, 3))):
                below.append(len(parents))
                parents.append(parent)
        level = below
    count = st.one_of(st.integers(0, 3), st.integers(0, 14), st.integers(0, 90))
    is_leaf = [number not in parents for number in range(len(parents))]
    drawn = draw(
        st.lists(
            st.tuples(*[count] * 5, st.integers(0, 30)),
            min_size=sum(is_leaf),
            max_size=sum(is_leaf),
        )
    )
    counts = np.zeros((len(parents), 13), np.int64)
    counts[is_leaf] = filled(drawn)
    for number in range(len(parents) - 1, 0, -1):
        counts[parents[number]] += counts[number]
    return counts, np.array(parents, np.int64)


def sums_of(counts, parents):
    """Yield every sum as {cell: weight} over all cells, shown ones too."""
    areas, columns = counts.shape
    for area in range(areas):
        for one in SUMS:
            if one.unless is None or not counts[area, one.unless]:
                weights = one.weights or [1] * len(one.parts)
                parts = zip(one.parts, weights, strict=True)
                yield {(area, one.total): -1} | {(area, part): weight for part, weight in parts}
        children = np.flatnonzero(parents == area).tolist()
        for column in range(columns) if children else ():
            yield {(area, column): -1} | {(child, column): 1 for child in children}


def less(row, factor, other):
    """Return one equation less a multiple of another."""
    mixed = {at: row.get(at, 0) - factor * other.get(at, 0) for at in {*row, *other}}
    return {at: value for at, value in mixed.items() if value}


def reckoned(counts, hidden, parents):
    """Return the hidden cells an attacker can solve for: Gauss and Jordan over the fractions.

    Written apart from what it tests, for the plain reading.
    """
    rows = [
        {at: Fraction(value) for at, value in row.items() if hidden[at]}
        for row in sums_of(counts, parents)
    ]
    solved = []
    while rows:
        row = rows.pop()
        if not row:
            continue
        pivot = next(iter(row))
        row = {at: value / row[pivot] for at, value in row.items()}
        rows = [less(one, one[pivot], row) if pivot in one else one for one in rows]
        solved = [less(one, one[pivot], row) if pivot in one else one for one in solved]
        solved.append(row)
    return [next(iter(row)) for row in solved if len(row) == 1]


def swapped(counts, hidden):
    """Return another district of one area with the same shown counts, or None: brute force."""
    for young_m in range(1, 40):
        trial = counts.copy()
        trial[0, YOUNG_M] = young_m
        trial[0, OLD_M] = counts[0, MEN] - young_m
        if trial.min() >= 0 and (trial != counts).any() and (trial == counts)[~hidden].all():
            return trial
    return None


@given(districts())
def test_no_hidden_count_can_be_reckoned(district):
    counts, parents = district
    hidden = protect(counts, parents, SUMS)
    assert hidden[(counts > 0) & (counts < 10)].all()
    assert not hidden[counts == 0].any()
    assert reckoned(counts, hidden, parents) == []


@given(districts())
def test_no_hidden_count_is_bound_to_one_number(district):
    counts, parents = district
    hidden = protect(counts, parents, SUMS)
    known = disclosure.system(counts, hidden, parents, SUMS)
    assert not disclosure.bounded(known).any()


@given(districts())
def test_the_attack_finds_what_elimination_finds(district):
    """With primary suppression alone, which leaks: the quick attack misses nothing."""
    counts, parents = district
    hidden = (counts > 0) & (counts < 10)
    known = disclosure.system(counts, hidden, parents, SUMS)
    columns = counts.shape[1]
    found = {divmod(int(cell), columns) for cell in known.cells[disclosure.determined(known)]}
    assert found == set(reckoned(counts, hidden, parents))


@given(districts())
def test_a_shown_sum_never_stands_for_a_count_under_ten(district):
    """Hidden parts of a shown total, taken together, are a count as well."""
    counts, parents = district
    hidden = protect(counts, parents, SUMS)
    for one in SUMS[:-1]:
        parts = list(one.parts)
        together = (counts[:, parts] * hidden[:, parts]).sum(axis=1)
        number = hidden[:, parts].sum(axis=1)
        shown = ~hidden[:, one.total] & (number > 0)
        assert (together[shown] >= 10).all()
        assert (number[shown] >= 2).all()


@given(districts())
def test_the_same_counts_hide_the_same(district):
    counts, parents = district
    assert (protect(counts, parents, SUMS) == protect(counts.copy(), parents, SUMS)).all()


def test_a_lone_small_count_takes_the_smallest_other_with_it():
    counts = filled([(4, 96, 100, 150, 200, 0)])
    hidden = protect(counts, np.array([-1]), SUMS)
    assert hidden[0, [YOUNG_M, OLD_M]].all()
    assert not hidden[0, [PEOPLE, MEN, WOMEN, YOUNG_W, OLD_W]].any()
    assert swapped(counts, hidden) is not None


def test_large_counts_stay_shown():
    counts = filled([(60, 70, 80, 90, 200, 30)])
    counts[0, [ONE, TWO, MORE, HOMES]] = 40, 50, 60, 150
    assert not protect(counts, np.array([-1]), SUMS).any()


def test_a_sibling_is_hidden_so_that_the_parent_less_the_others_tells_nothing():
    counts = np.vstack(
        [
            np.zeros((1, 13), np.int64),
            filled(
                [(4, 96, 100, 150, 200, 20), (60, 70, 80, 90, 200, 30), (65, 75, 85, 95, 200, 30)]
            ),
        ]
    )
    counts[0] = counts[1:].sum(axis=0)
    hidden = protect(counts, np.array([-1, 0, 0, 0]), SUMS)
    assert hidden[1, YOUNG_M] and hidden[2:, YOUNG_M].sum() == 1
    assert not hidden[0].any()


def test_households_and_people_together_tell_nothing():
    """Two hidden sizes would follow from the number of households and that of people."""
    leaf = np.array([[1000, 500, 500, 200, 300, 200, 300, 400, 600, 504, 8, 496, 0]])
    assert leaf[0, ONE] + 2 * leaf[0, TWO] == leaf[0, PEOPLE]
    hidden = protect(leaf, np.array([-1]), SUMS)
    assert hidden[0, [ONE, TWO]].all()
    assert hidden[0, HOMES] or hidden[0, PEOPLE]


@pytest.mark.parametrize("rows", [0, 1])
def test_an_empty_district_hides_nothing(rows):
    counts = np.zeros((rows, 13), np.int64)
    assert not protect(counts, np.full(rows, -1), SUMS).any()


def test_counts_that_do_not_add_up_are_refused():
    counts = np.zeros((1, 13), np.int64)
    counts[0, PEOPLE] = 3
    with pytest.raises(ValueError, match="sums"):
        protect(counts, np.array([-1]), SUMS)
