import random
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.touchpoint import credit, events
from .common import TouchpointCase

AGES = st.lists(st.integers(0, 400 * 86400), min_size=1, max_size=30).map(
    lambda ages: sorted(ages, reverse=True)
)


class TestCredit(TouchpointCase):
    @given(st.sampled_from(credit.MODELS), AGES, st.integers(1, 90))
    def test_shares_of_a_purchase_are_exactly_one(self, model, ages, half_life):
        shares = credit.shares(model, ages, half_life)
        self.assertEqual(sum(shares), 1)
        self.assertEqual(len(shares), len(ages))

    @given(
        st.sampled_from(credit.MODELS),
        AGES,
        st.decimals(-(10**6), 10**6, places=2, allow_nan=False, allow_infinity=False),
    )
    def test_parts_of_an_amount_are_exactly_the_amount(self, model, ages, amount):
        self.assertEqual(sum(credit.split(amount, credit.shares(model, ages, 7))), amount)

    @given(AGES)
    def test_decay_gives_late_touches_no_less(self, ages):
        shares = credit.shares("decay", ages, 7)[:-1]
        self.assertEqual(shares, sorted(shares))


@tagged("post_install", "-at_install")
class TestCrmTouchpointAttribution(TouchpointCase):
    """The report shares out each customer and its revenue, exactly."""

    def setUp(self):
        super().setUp()
        self.report = self.env["crm.touchpoint.attribution"]
        self.now = fields.Datetime.now()

    def _customer(self, *touches):
        """Create a customer with contacts so many days before: (days, channel, event)."""
        partner = self._contact(name="Buyer", lifecycle_stage_id=self.prospect.id)
        for days, channel, event in touches:
            self._logged(partner, channel, event, self.now - timedelta(days=days))
        partner._lifecycle_move(self.customer, "manual")
        return partner

    def _credit(self, partner, name):
        rows = self.report.search([("partner_id", "=", partner.id)], order="id")
        return [(row.channel_id.code, round(row[name], 6)) for row in rows]

    def test_each_model(self):
        partner = self._customer(
            (14, "social", "visited"), (7, "mailing", "clicked"), (0, "phone", "called")
        )
        codes = ("social", "mailing", "phone")
        for name, shares in (
            ("first", (1, 0, 0)),
            ("last", (0, 0, 1)),
            ("linear", (0.33, 0.33, 0.33)),
            ("decay", (0.14, 0.29, 0.57)),
        ):
            found = self._credit(partner, f"{name}_conversions")
            self.assertEqual([code for code, _share in found], list(codes))
            for (_code, share), wanted in zip(found, shares, strict=True):
                self.assertAlmostEqual(share, wanted, 2)

    def test_what_gets_no_credit(self):
        partner = self._customer(
            (9, "mailing", "sent"),
            (8, "mailing", "opened"),
            (7, "order", "ordered"),
            (6, "mailing", "unsubscribed"),
            (500, "social", "visited"),
        )
        self.assertEqual(self._credit(partner, "linear_conversions"), [(False, 1.0)])

    def test_touches_after_the_purchase_and_of_others_do_not_count(self):
        partner = self._customer((3, "phone", "called"))
        self.env.cr.execute(
            "UPDATE crm_lifecycle_transition SET date = %s"
            " WHERE partner_id = %s AND to_stage_id = %s",
            [self.now - timedelta(days=1), partner.id, self.customer.id],
        )
        self._logged(partner, "social", "visited", self.now)
        self._call(self.person, self.now - timedelta(days=2))
        self.assertEqual(self._credit(partner, "last_conversions"), [("phone", 1.0)])

    def test_all_models_add_up_and_equal_python(self):
        draw = random.Random(7)
        channels = ("phone", "social", "mailing", "order")
        names = [name for name, _label in events.EVENTS]
        partners = [
            self._customer(
                *(
                    (draw.randrange(60), draw.choice(channels), draw.choice(names))
                    for _ in range(draw.randrange(7))
                )
            )
            for _ in range(25)
        ]
        revenue = {partner.id: Decimal(draw.randrange(1, 10**7)) / 100 for partner in partners}
        self._invoice(revenue)
        self.env.invalidate_all()
        rows = self._rows(partners)
        self._assert_totals(rows, len(partners), sum(revenue.values()))
        for partner in partners:
            self._assert_as_python(partner, rows, revenue[partner.id])

    def _invoice(self, revenue):
        """Write posted invoices, as they are after the accounting."""
        journal = self.env["account.journal"].create(
            {"name": "Sales", "code": "TPT", "type": "sale", "company_id": self.env.company.id}
        )
        currency = self.env.company.currency_id
        self.env.cr.executemany(
            "INSERT INTO account_move (partner_id, commercial_partner_id, company_id, journal_id,"
            " currency_id, move_type, state, date, invoice_date, amount_untaxed_signed, auto_post)"
            " VALUES (%s, %s, %s, %s, %s, 'out_invoice', 'posted', now(), now(), %s, 'no')",
            [
                (partner_id, partner_id, self.env.company.id, journal.id, currency.id, amount)
                for partner_id, amount in revenue.items()
            ],
        )

    def _rows(self, partners):
        """Give the rows of the report as PostgreSQL's decimals."""
        columns = [f"{m}_{what}" for m in credit.MODELS for what in ("conversions", "revenue")]
        casts = ", ".join(f"{column}::text" for column in columns)
        self.env.cr.execute(
            SQL(
                "SELECT partner_id, touch_date, transition_id, %s FROM (%s) r"
                " WHERE partner_id = ANY(%s) ORDER BY id",
                SQL(casts),
                self.report._table_query,
                [partner.id for partner in partners],
            )
        )
        names = ("partner_id", "touch_date", "transition_id", *columns)
        return [
            dict(zip(names, (*row[:3], *map(Decimal, row[3:])), strict=True))
            for row in self.env.cr.fetchall()
        ]

    def _assert_totals(self, rows, customers, revenue):
        for model in credit.MODELS:
            self.assertEqual(sum(row[f"{model}_conversions"] for row in rows), customers)
            self.assertEqual(sum(row[f"{model}_revenue"] for row in rows), revenue)

    def _assert_as_python(self, partner, rows, revenue):
        own = [row for row in rows if row["partner_id"] == partner.id]
        move = self.env["crm.lifecycle.transition"].browse(own[0]["transition_id"])
        touches = self.of(partner).filtered(
            lambda row: (
                row.channel_id.is_credited
                and events.is_credited(row.event, row.direction)
                and row.date <= move.date
            )
        )
        ages = [(move.date - row.date).total_seconds() for row in touches] or [0]
        for model in credit.MODELS:
            shares = credit.shares(model, ages, 7)
            self.assertEqual([row[f"{model}_conversions"] for row in own], shares)
            parts = credit.split(revenue, shares)
            self.assertEqual([row[f"{model}_revenue"] for row in own], parts)

    def test_people_of_a_company_share_its_credit(self):
        company = self._contact(name="Inc", is_company=True, lifecycle_stage_id=self.prospect.id)
        employee = self._contact(name="Bob", parent_id=company.id)
        self._logged(employee, "social", "visited", self.now - timedelta(days=2))
        company._lifecycle_move(self.customer, "manual")
        self.assertEqual(self._credit(company, "first_conversions"), [("social", 1.0)])
        self.assertEqual(self.moves(company)[-1].first_touch_channel_id.code, "social")

    def test_pivot_of_marketing_and_nobody_else(self):
        self._customer((3, "phone", "called"))
        report = self.report.with_user(self.marketing)
        groups = report.formatted_read_group(
            [], ["channel_id"], ["linear_conversions:sum", "linear_revenue:sum"]
        )
        self.assertTrue(groups)
        self.assertFalse(self.report.with_user(self.salesman).has_access("read"))
