from datetime import date

from freezegun import freeze_time

from odoo.tools import SQL

from ..common import LifecycleCase


class RfmCase(LifecycleCase):
    """Customers with purchases of the past, as an old database has them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.env["account.journal"].create(
            {"name": "Old sales", "code": "OLDS", "type": "general"}
        )
        cls.company = cls.env["res.company"].create({"name": "Shop"})
        cls.policy = cls.env["crm.rfm.policy"]._default_for(cls.company)
        for user in (cls.marketing, cls.manager, cls.salesman, cls.colleague):
            user.write({"company_ids": [(4, cls.company.id)], "company_id": cls.company.id})
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids},
        )
        cls.policy = cls.policy.with_env(cls.env)
        cls.segments = {
            segment.code: segment for segment in cls.env["crm.rfm.segment"].search([("id", ">", 0)])
        }

    @classmethod
    def _sale(cls, partner, day, amount=100, move_type="out_invoice", **values):
        """Add a posted document as it is in the database; give its id."""
        cls.env.flush_all()
        sign = -1 if move_type == "out_refund" else 1
        company = values.pop("company", cls.company)
        values = {
            "journal_id": cls.journal.id,
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "move_type": move_type,
            "state": "posted",
            "payment_state": "paid",
            "auto_post": "no",
            "date": day,
            "invoice_date": day,
            "partner_id": partner.id,
            "commercial_partner_id": partner.commercial_partner_id.id,
            "amount_untaxed_signed": sign * amount,
            **values,
        }
        cls.env.cr.execute(
            SQL(
                "INSERT INTO account_move (%s) VALUES %s RETURNING id",
                SQL(", ").join(SQL.identifier(name) for name in values),
                tuple(values.values()),
            )
        )
        return cls.env.cr.fetchone()[0]

    @classmethod
    def _customer(cls, *days, amount=100, **values):
        """Create a customer that bought on these days."""
        partner = cls._contact(**values)
        for day in days:
            cls._sale(partner, date.fromisoformat(day), amount)
        return partner

    def _row(self, partner, policy=None):
        """Give the row of a customer, or none."""
        policy = policy or self.policy
        domain = [("policy_id", "=", policy.id), ("partner_id", "=", partner.id)]
        return self.env["crm.rfm.score"].sudo().search(domain)

    def _moves_of(self, partner):
        """Give the moves of a customer, oldest first, as pairs of codes."""
        moves = self.env["crm.rfm.move"].sudo().search([("partner_id", "=", partner.id)])
        return [(move.from_segment_id.code, move.to_segment_id.code) for move in moves[::-1]]


class JuneCase(RfmCase):
    """It is the last day of June, and what a score means does not depend on the customers."""

    def setUp(self):
        super().setUp()
        clock = freeze_time("2026-06-30 12:00:00")
        clock.start()
        self.addCleanup(clock.stop)
        self.policy.write({"method": "fixed", "replay_months": 0})
