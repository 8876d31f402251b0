from datetime import date, timedelta

from odoo.tools import SQL

from ..common import LifecycleCase
from . import cdnow

#: The last day of the histories.
END = date(1997, 9, 30)


class ValueCase(LifecycleCase):
    """The customers of CDNOW as contacts of a company of their own, with posted invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Record Shop"})
        cls.env.user.company_ids += cls.company
        for user in (cls.manager, cls.salesman, cls.marketing):
            user.write({"company_ids": [(4, cls.company.id)], "company_id": cls.company.id})
        cls.journal = cls.env["account.journal"].create(
            {"name": "Shop", "code": "SHOP", "type": "general", "company_id": cls.company.id}
        )
        cls.policy = cls.env["crm.rfm.policy"].create(
            {"name": "Then", "company_id": cls.company.id, "as_of": END}
        )
        cls.customers = cls._load_customers()

    @classmethod
    def _load_customers(cls):
        """Rebuild purchases that give the histories of the file; return the ids in its order."""
        columns = list(zip(*cdnow.customers(), strict=True))
        ids = cls._insert(
            "res_partner",
            [
                {"name": f"Customer {n}", "complete_name": f"Customer {n}", "active": True}
                | {"autopost_bills": "ask", "type": "contact"}
                for n in range(len(columns))
            ],
        )
        cls.env.cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)", [ids]
        )
        cls._sell(
            sale
            for partner_id, customer in zip(ids, columns, strict=True)
            for sale in cls._sales(partner_id, *customer)
        )
        return dict(zip(ids, columns, strict=True))

    @classmethod
    def _sales(cls, partner_id, repeats, last_days, age_days, repeat_cents):
        first = END - timedelta(days=age_days)
        yield partner_id, first, 10.0
        for place in range(1, repeats + 1):
            day = first + timedelta(days=last_days - repeats + place)
            yield partner_id, day, repeat_cents / 100 if place == repeats else 0.0

    @classmethod
    def _sell(cls, sales, move_type="out_invoice", **values):
        """Insert posted documents (contact, day, amount), as quickly as a test needs it."""
        common = {
            "journal_id": cls.journal.id,
            "company_id": cls.company.id,
            "currency_id": cls.company.currency_id.id,
            "state": "posted",
            "move_type": move_type,
            "payment_state": "paid",
            "auto_post": "no",
        }
        rows = [
            {
                **common,
                "partner_id": partner_id,
                "commercial_partner_id": partner_id,
                "date": day,
                "invoice_date": day,
                "amount_untaxed_signed": amount,
                **values,
            }
            for partner_id, day, amount in sales
        ]
        return cls._insert("account_move", rows)

    @classmethod
    def _insert(cls, table, rows):
        names = SQL(", ").join(map(SQL.identifier, rows[0]))
        values = SQL(", ").join(SQL("%s", tuple(row.values())) for row in rows)
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL("INSERT INTO %s (%s) VALUES %s RETURNING id", SQL.identifier(table), names, values)
        )
        cls.env.invalidate_all()
        return [row[0] for row in cls.env.cr.fetchall()]

    def _score(self, *history):
        """Give the row of a customer with this history: repeats, last days, age in days."""
        partner_id = next(id_ for id_, known in self.customers.items() if known[:3] == history)
        return self._score_of(partner_id)

    def _score_of(self, partner_id):
        return self.env["crm.rfm.score"].search(
            [("policy_id", "=", self.policy.id), ("partner_id", "=", partner_id)]
        )

    def _shown(self):
        """Read what the database has: {id: (chance, purchases, value)}."""
        self.env.cr.execute(
            "SELECT id, p_active, expected_purchases, expected_value FROM crm_rfm_score"
            " WHERE policy_id = %s",
            [self.policy.id],
        )
        return {id_: tuple(figures) for id_, *figures in self.env.cr.fetchall()}
