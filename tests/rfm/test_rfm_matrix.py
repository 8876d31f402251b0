import random
from collections import Counter
from datetime import date, timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import BaseCase

from ...models.rfm import shares
from .common import RfmCase

START, END = date(2026, 1, 1), date(2026, 6, 30)


@tagged("post_install", "-at_install")
class TestShares(BaseCase):
    # a busy machine is no mistake of the shares
    @settings(deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.integers(0, 10**6), max_size=12))
    def test_shares_sum_to_a_hundred(self, counts):
        found = shares.percentages(counts)
        self.assertEqual(round(sum(found), 6), 100 if sum(counts) else 0)
        for share, count in zip(found, counts, strict=True):
            self.assertLessEqual(abs(share - 100 * count / (sum(counts) or 1)), 0.1 + 1e-9)


class MatrixCase(RfmCase):
    """Histories written move by move, and the matrix counted again beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maybe = cls.segments["prospect"]
        cls.policy.write({"method": "fixed", "history_start": START, "history_date": END})
        cls._forget_prospects()

    @classmethod
    def _forget_prospects(cls):
        """Let only the contacts of the test be prospects, whatever else is in the database."""
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE res_partner SET lifecycle_stage_id = NULL")
        cls.env.invalidate_all()

    def setUp(self):
        super().setUp()
        clock = freeze_time("2026-06-30 12:00:00")
        clock.start()
        self.addCleanup(clock.stop)

    def _history(self, partner, *steps):
        """Write the moves of a customer: segment codes with their days, then its row of today."""
        codes = [code for code, _day in steps]
        self.env["crm.rfm.move"].sudo().create(
            [
                {
                    "policy_id": self.policy.id,
                    "partner_id": partner.id,
                    "date": day,
                    "from_segment_id": self.segments[before].id,
                    "to_segment_id": self.segments[code].id,
                }
                for before, (code, day) in zip(codes, steps[1:], strict=False)
            ]
        )
        if codes[-1] != "prospect":
            self._write_row(partner, codes[-1])

    def _write_row(self, partner, code):
        self.env["crm.rfm.score"].sudo().create(
            {
                "policy_id": self.policy.id,
                "partner_id": partner.id,
                "last_date": START,
                "segment_id": self.segments[code].id,
            }
        )

    def _matrix(self, first=START, second=END, user=None):
        return self.policy.with_user(user or self.salesman).get_matrix(first, second)

    def _counts(self, matrix):
        """Give the numbers of a matrix: {(code, code): count}, without the zeros."""
        codes = {segment.id: code for code, segment in self.segments.items()}
        return {
            (codes[row["segment_id"]], codes[cell["segment_id"]]): cell["count"]
            for row in matrix["rows"]
            for cell in row["cells"]
            if cell["count"]
        }

    def _find(self, first_code, second_code, first=START, second=END, user=None):
        """Give the contacts that a number opens."""
        ids = [self.segments[code].id if code else "any" for code in (first_code, second_code)]
        value = "/".join(map(str, (self.policy.id, *ids, first, second)))
        people = self.env["res.partner"].with_user(user or self.salesman)
        return people.with_context(active_test=False).search([("rfm_change", "=", value)])


@tagged("post_install", "-at_install")
class TestRfmMatrix(MatrixCase):
    """Where the customers of a day were on a later day."""

    def test_three_customers(self):
        up, down, stay = (self._contact(name=name) for name in ("Up", "Down", "Stay"))
        self._history(up, ("new", START), ("loyal", date(2026, 3, 1)))
        self._history(down, ("loyal", START), ("lost", date(2026, 4, 1)))
        self._history(stay, ("loyal", START))
        matrix = self._matrix()
        self.assertEqual(
            self._counts(matrix),
            {("new", "loyal"): 1, ("loyal", "lost"): 1, ("loyal", "loyal"): 1},
        )
        row = next(r for r in matrix["rows"] if r["segment_id"] == self.segments["loyal"].id)
        self.assertEqual(row["count"], 2)
        ways = {c["direction"]: (c["count"], c["share"]) for c in row["cells"] if c["count"]}
        self.assertEqual(ways, {"same": (1, 50.0), "worse": (1, 50.0)})
        self.assertEqual(sum(matrix["totals"]), 3)

    def test_a_day_between_the_moves(self):
        partner = self._contact(name="Walker")
        self._history(
            partner, ("new", START), ("loyal", date(2026, 3, 1)), ("at_risk", date(2026, 5, 1))
        )
        for day, code in (
            ("2026-02-28", "new"),
            ("2026-03-01", "loyal"),
            ("2026-04-30", "loyal"),
            ("2026-05-01", "at_risk"),
        ):
            matrix = self._matrix(day, day)
            self.assertEqual(self._counts(matrix), {(code, code): 1}, day)

    def test_two_moves_on_one_day_count_as_the_last(self):
        partner = self._contact(name="Twice")
        day = date(2026, 3, 1)
        self._history(partner, ("new", START), ("loyal", day), ("champions", day))
        self.assertEqual(self._counts(self._matrix()), {("new", "champions"): 1})

    def test_prospects_that_bought_or_did_not(self):
        faithful = self._contact(name="Faithful", lifecycle_stage_id=self.prospect.id)
        supplier = self._contact(name="Supplier")
        company = self._contact(name="Buyer", is_company=True, lifecycle_stage_id=self.customer.id)
        person = self._contact(
            name="Person", parent_id=company.id, lifecycle_stage_id=self.customer.id
        )
        self._history(company, ("prospect", START), ("new", date(2026, 5, 2)))
        self._created(faithful | supplier | company | person, START)
        late = self._contact(name="Late", lifecycle_stage_id=self.prospect.id)
        self._created(late, date(2026, 2, 1))
        found = self._counts(self._matrix())
        self.assertEqual(found, {("prospect", "new"): 1, ("prospect", "prospect"): 1})
        self.assertNotIn(supplier, self._find("prospect", None))
        self.assertEqual(self._find("prospect", "prospect").name, "Faithful")

    def test_a_customer_whose_purchases_were_undone_is_a_prospect_again(self):
        partner = self._contact(name="Undone", lifecycle_stage_id=self.prospect.id)
        self._history(partner, ("new", START), ("prospect", date(2026, 3, 1)))
        self._created(partner, START)
        self.assertEqual(self._counts(self._matrix()), {("new", "prospect"): 1})

    def test_each_number_opens_its_customers(self):
        self._random_histories(random.Random(7), 40)
        matrix = self._matrix("2026-02-10", "2026-05-20")
        bounds = {"first": "2026-02-10", "second": "2026-05-20"}
        for (first, second), count in self._counts(matrix).items():
            self.assertEqual(len(self._find(first, second, **bounds)), count, (first, second))
        everybody = self._find(None, None, **bounds)
        self.assertEqual(len(everybody), sum(matrix["totals"]))
        self.assertEqual(everybody, self._find(None, None).browse(everybody.ids))

    def test_random_histories_against_a_recount(self):
        dice = random.Random(3)
        known = self._random_histories(dice, 60)
        for _time in range(8):
            first, second = sorted(START + timedelta(days=dice.randrange(181)) for _day in "ab")
            expected = Counter(
                (self._place(steps, first), self._place(steps, second)) for steps in known
            )
            matrix = self._matrix(first, second)
            self.assertEqual(self._counts(matrix), dict(expected))
            for row in matrix["rows"]:
                total = round(sum(cell["share"] for cell in row["cells"]), 6)
                self.assertEqual(total, 100 if row["count"] else 0)

    def _random_histories(self, dice, count):
        """Write histories of one to six places; give the places of each, with their days."""
        known, codes = [], sorted(self.segments)
        for number in range(count):
            days = sorted(dice.sample(range(1, 181), dice.randrange(6)))
            places = [dice.choice([code for code in codes if code != "prospect"])]
            for _day in days:
                places.append(dice.choice([code for code in codes if code != places[-1]]))
            moments = [START, *(START + timedelta(days=day) for day in days)]
            steps = list(zip(places, moments, strict=True))
            self._history(self._contact(name=f"Customer {number}"), *steps)
            known.append(steps)
        return known

    @staticmethod
    def _place(steps, day):
        """Give where a customer was: at the last place that it came to up to the day."""
        return [code for code, moment in steps if moment <= day][-1]

    def _created(self, partners, day):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id IN %s", [day, partners._ids]
        )
        self.env.invalidate_all()

    # -- the days, bad input, rights --------------------------------------------------------------

    def test_days_out_of_the_history(self):
        for days in (("2025-12-31", END), (START, "2026-07-01"), (END, START)):
            with self.assertRaises(UserError) as refused:
                self._matrix(*days)
            self.assertIn("01/01/2026", str(refused.exception))

    def test_days_unless_chosen(self):
        matrix = self._matrix(None, None)
        self.assertEqual((matrix["date_from"], matrix["date_to"]), (date(2026, 3, 30), END))
        self.policy.history_start = date(2026, 6, 1)
        self.assertEqual(self._matrix(None, None)["date_from"], date(2026, 6, 1))

    def test_no_history_yet(self):
        self.policy.write({"history_start": False, "history_date": False})
        self.assertEqual(self._matrix(None, None)["state"], "no_history")

    def test_a_change_that_says_nothing(self):
        people = self.env["res.partner"].with_user(self.salesman)
        for value in ("nonsense", "1/2/3", "1/x/any/2026-01-01/2026-02-01"):
            with self.assertRaises(UserError):
                people.search([("rfm_change", "=", value)])

    def test_a_change_by_a_policy_that_is_gone(self):
        people = self.env["res.partner"].with_user(self.salesman)
        gone = self.policy.copy()
        for _step in ("without history", "deleted"):
            with self.assertRaisesRegex(UserError, "deleted, or has no history"):
                people.search([("rfm_change", "=", f"{gone.id}/any/any/{START}/{END}")])
            gone.exists().unlink()

    def test_rights(self):
        partner = self._contact(name="Walker")
        self._history(partner, ("new", START), ("loyal", date(2026, 3, 1)))
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self._contact(name="Theirs", company_id=other.id)
        self._history(theirs, ("new", START), ("loyal", date(2026, 3, 1)))
        self.assertEqual(self._counts(self._matrix(user=self.salesman)), {("new", "loyal"): 1})
        self.assertEqual(self._find("new", "loyal"), partner)
        with self.assertRaises(AccessError):
            self._matrix(user=self.employee)
        with self.assertRaises(AccessError):
            self._find("new", "loyal", user=self.employee)
        foreign = self.env["crm.rfm.policy"]._default_for(other)
        with self.assertRaises(AccessError):
            foreign.with_user(self.salesman).get_matrix()

    def test_another_policy_has_its_own_history(self):
        other = self.policy.copy({"history_start": START, "history_date": END})
        partner = self._contact(name="Walker")
        self._history(partner, ("new", START), ("loyal", date(2026, 3, 1)))
        matrix = other.with_user(self.salesman).get_matrix(START, END)
        self.assertEqual((matrix["rows"], matrix["list_view_id"]), ([], False))
        by_salesman = other.with_user(self.salesman)
        other.unlink()
        matrix = by_salesman.get_matrix("2020-01-01", "2020-02-01")
        self.assertEqual((matrix["policy"]["id"], matrix["date_to"]), (self.policy.id, END))

    def test_one_query_reads_the_figures(self):
        self._random_histories(random.Random(1), 5)
        policy = self.policy.with_user(self.salesman)
        policy.get_matrix(START, END)
        counts = []
        for _time in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            policy.get_matrix(START, END)
            counts.append(self.env.cr.sql_log_count - before)
            self._random_histories(random.Random(2), 30)
        self.assertEqual(counts[0], counts[1])
