from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests.common import BaseCase

from ...models.lifecycle import progress

POSITIONS = st.one_of(st.none(), st.tuples(st.sampled_from(progress.KINDS), st.integers(0, 100)))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1))


class TestProgress(BaseCase):
    @given(POSITIONS, POSITIONS)
    def test_advancing_is_never_backward(self, before, after):
        if after and progress.advances(before, after):
            self.assertIn(progress.direction(before, after), ("entry", "forward"))

    @given(st.lists(POSITIONS.filter(bool), min_size=1))
    def test_furthest_does_not_advance_to_any_other(self, positions):
        furthest = max(positions, key=progress.rank)
        self.assertFalse(any(progress.advances(furthest, other) for other in positions))

    @given(st.lists(st.one_of(st.none(), MOMENTS)), MOMENTS)
    def test_dates_of_moves_never_go_back_nor_into_the_future(self, wanted, now):
        dates = []
        for date in wanted:
            dates.append(progress.move_date(date, dates[-1] if dates else None, now))
        self.assertEqual(dates, sorted(dates))
        self.assertFalse([date for date in dates if date > now])
