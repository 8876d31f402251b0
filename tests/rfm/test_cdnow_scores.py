from collections import Counter
from datetime import date, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ...models.rfm import cuts
from . import cdnow
from .common import RfmCase

END = date(1997, 9, 30)


@tagged("post_install", "-at_install")
class TestCdnowScores(RfmCase):
    """The 2,357 customers of the record shop CDNOW: real figures with very many equal ones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        repeats, last_days, ages, _cents = cdnow.customers()
        people = cls.env["res.partner"].create(
            [{"name": f"CDNOW {n}"} for n in range(len(repeats))]
        )
        cls.customers = list(zip(people.ids, repeats, last_days, ages, strict=True))
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                """
                INSERT INTO account_move (journal_id, company_id, currency_id, move_type, state,
                    payment_state, auto_post, date, invoice_date, partner_id,
                    commercial_partner_id, amount_untaxed_signed)
                SELECT %(journal)s, %(company)s, %(currency)s, 'out_invoice', 'posted', 'paid',
                       'no', day, day, partner_id, partner_id, 10
                  FROM unnest(%(partners)s, %(days)s::date[]) sale (partner_id, day)
                """,
                journal=cls.journal.id,
                company=cls.company.id,
                currency=cls.company.currency_id.id,
                **cls._sales(),
            )
        )
        cls.policy._refresh(END)

    @classmethod
    def _sales(cls):
        """Give the purchases: the first one, the last one, and one a day before the last."""
        sales = [
            (partner, END - timedelta(days=age - (last - before)))
            for partner, repeats, last, age in cls.customers
            for before in range(repeats)
        ] + [
            (partner, END - timedelta(days=age)) for partner, _repeats, _last, age in cls.customers
        ]
        partners, days = zip(*sales, strict=True)
        return {"partners": list(partners), "days": [str(day) for day in days]}

    def _counts(self, name):
        rows = self.env["crm.rfm.score"]._read_group(
            [("policy_id", "=", self.policy.id)], [name], ["__count"]
        )
        return dict(rows)

    def test_customers_per_frequency_score(self):
        """1,411 bought once, 439 twice, 214 three times, 293 more often: no class splits them."""
        self.assertEqual(self._counts("f_score"), {1: 1_411, 3: 439, 4: 214, 5: 293})

    def test_customers_per_recency_score(self):
        days = [age - last for _partner, _repeats, last, age in self.customers]
        edges = cuts.quantile_cuts(days, falling=True)
        expected = Counter(cuts.score(day, edges, falling=True) for day in days)
        self.assertEqual(self._counts("r_score"), dict(expected))

    def test_frozen_cuts_in_words(self):
        scale = self.policy.scale()["f"]
        self.assertEqual(
            [scale[score] for score in (1, 2, 3, 4, 5)],
            ["1 purchase", "nobody", "2 purchases", "3 purchases", "4 purchases or more"],
        )
