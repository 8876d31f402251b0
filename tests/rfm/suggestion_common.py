from odoo.fields import Date
from odoo.tools import SQL

from ..common import LifecycleCase

TODAY = Date.to_date("2026-06-15")


class SuggestionCase(LifecycleCase):
    """A shop with products and posted invoices, as they are in an old database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._shop("Shop")
        users = cls.marketing | cls.manager | cls.salesman | cls.colleague | cls.employee
        users.write({"company_ids": [(4, cls.company.id)], "company_id": cls.company.id})
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.affinities = cls.env["crm.product.affinity"]
        cls.journal = cls.env["account.journal"].create(
            {"name": "Old sales", "code": "OLDS", "type": "general"}
        )
        cls.account = cls.env["account.account"].create(
            {"name": "Old sales", "code": "OLDS1", "account_type": "income"}
        )
        cls.printer, cls.paper, cls.desk, cls.lamp = (
            cls._product(name) for name in ("Printer", "Paper", "Desk", "Lamp")
        )

    @classmethod
    def _shop(cls, name, **values):
        return cls.env["res.company"].create(
            {"name": name, "affinity_min_customers": 3, "affinity_min_share": 0.2, **values}
        )

    @classmethod
    def _product(cls, name, **values):
        return cls.env["product.product"].create({"name": name, "list_price": 10, **values})

    @classmethod
    def _customers(cls, count, *products, **values):
        """Create customers that bought these products, each on an invoice of its own."""
        customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(count)]
        )
        for customer in customers:
            for product in products:
                cls._invoice(customer, product, **values)
        return customers

    @classmethod
    def _invoice(cls, partner, *products, day=TODAY, quantity=1, company=None, line=None, **move):
        """Add a posted document with a line for each product; give its record."""
        cls.env.flush_all()
        company = company or cls.company
        shared = {"company_id": company.id, "currency_id": company.currency_id.id, "date": day}
        commercial = partner.commercial_partner_id.id
        move = {
            **shared,
            "journal_id": cls.journal.id,
            "move_type": "out_invoice",
            "state": "posted",
            "payment_state": "paid",
            "auto_post": "no",
            "invoice_date": day,
            "partner_id": partner.id,
            "commercial_partner_id": commercial,
            **move,
        }
        move_id = cls._insert("account_move", move)
        for product in products:
            values = {
                **shared,
                "move_id": move_id,
                "partner_id": commercial,
                "parent_state": move["state"],
                "account_id": cls.account.id,
                "display_type": "product",
                "product_id": product.id if product else None,
                "quantity": quantity,
                "balance": 0,
                "amount_currency": 0,
                "debit": 0,
                "credit": 0,
                **(line or {}),
            }
            cls._insert("account_move_line", values)
        cls.env.invalidate_all()
        return cls.env["account.move"].browse(move_id)

    @classmethod
    def _insert(cls, table, values):
        cls.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(table),
                SQL(", ").join(SQL.identifier(name) for name in values),
                tuple(values.values()),
            )
        )
        return cls.env.cr.fetchone()[0]

    @classmethod
    def _refresh(cls, company=None, as_of=TODAY):
        return cls.affinities.sudo()._refresh(company or cls.company, as_of)

    def _pair(self, first, other, company=None):
        """Give the row of a pair of products or categories, or none."""
        names = ("product_id", "related_product_id")
        if first._name == "product.category":
            names = ("categ_id", "related_categ_id")
        return self.affinities.sudo().search(
            [
                ("company_id", "=", (company or self.company).id),
                (names[0], "=", first.id),
                (names[1], "=", other.id),
            ]
        )

    def _suggested(self, record):
        """Give the names of the products that are suggested on a record, the best first."""
        ids = [item["product_id"] for item in record._suggested_products()[record.id]]
        return self.env["product.product"].browse(ids).mapped("name")

    @classmethod
    def _printer_customers(cls):
        """14 of 20 customers with a printer bought paper too; 30 others bought neither."""
        both = cls._customers(14, cls.printer, cls.paper)
        alone = cls._customers(6, cls.printer)
        others = cls._customers(30, cls.desk)
        cls._refresh()
        return both, alone, others
