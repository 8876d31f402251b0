from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .common import SegmentCase


@tagged("post_install", "-at_install")
class TestPurchases(SegmentCase, AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        categories = cls.env["product.category"]
        cls.drinks = categories.create({"name": "Drinks"})
        cls.coffee = categories.create({"name": "Coffee", "parent_id": cls.drinks.id})
        cls.machines = categories.create({"name": "Machines"})
        cls.beans, cls.machine, cls.cup = cls.env["product.product"].create(
            [
                {"name": "Beans", "categ_id": cls.coffee.id},
                {"name": "Machine", "categ_id": cls.machines.id},
                {"name": "Cup", "categ_id": cls.machines.id},
            ]
        )
        cls.acme, cls.bistro, cls.nobody = cls._people(3, is_company=True)
        cls.buyer = cls._people(1, parent_id=cls.acme.id)
        cls.today = fields.Date.today()
        cls.sold = cls._sell(cls.buyer, cls.beans)
        cls._sell(cls.bistro, cls.machine)

    @classmethod
    def _sell(cls, partner, product, move_type="out_invoice", months=1, post=True):
        day = cls.today - relativedelta(months=months)
        return cls.init_invoice(
            move_type, partner=partner, invoice_date=day, products=product, post=post
        )

    def buyers(self, *conditions, user=None):
        partners = self.env["res.partner"].with_user(user or self.salesman)
        return partners.search([*self.here, *conditions]).sudo()

    def test_products_and_categories(self):
        drinks, machines = self.drinks.ids, self.machines.ids
        both = self.acme | self.bistro
        without = self.nobody | self.buyer
        for name, operator, value, found in (
            ("purchased_product_ids", "in", self.beans.ids, self.acme),
            ("purchased_product_ids", "=", "Machine", self.bistro),
            ("purchased_product_ids", "ilike", "bean", self.acme),
            ("purchased_product_ids", "in", (self.beans | self.machine).ids, both),
            ("purchased_product_ids", "in", self.cup.ids, both.browse()),
            ("purchased_categ_ids", "in", self.coffee.ids, self.acme),
            ("purchased_categ_ids", "in", drinks, self.acme),
            ("purchased_categ_ids", "=", machines[0], self.bistro),
            ("purchased_categ_ids", "ilike", "drin", self.acme),
            ("purchased_categ_ids", "not in", drinks, self.bistro | without),
            ("purchased_product_ids", "=", False, without),
            ("purchased_product_ids", "!=", False, both),
            ("commercial_partner_id.purchased_categ_ids", "in", drinks, self.acme | self.buyer),
        ):
            condition = (name, operator, value)
            self.assertEqual(set(self.buyers(condition)), set(found), condition)

    def test_what_counts(self):
        bought = ("purchased_product_ids", "in", self.cup.ids)
        self._sell(self.nobody, self.cup, post=False)
        self._sell(self.nobody, self.cup, "out_refund")
        self._sell(self.nobody, self.cup, "in_invoice")
        self._sell(self.nobody, self.cup, months=25)
        reversed_one = self._sell(self.nobody, self.cup)
        reversed_one._reverse_moves(cancel=True)
        self.assertFalse(self.buyers(bought))
        self.env.company.purchase_months = 30
        self.assertEqual(self.buyers(bought), self.nobody)
        self.env.company.purchase_months = 24
        self._sell(self.nobody, self.cup, "out_receipt")
        self.assertEqual(self.buyers(bought), self.nobody)

    def test_posting_is_seen_at_once(self):
        invoice = self._sell(self.nobody, self.cup, post=False)
        invoice.action_post()
        self.assertEqual(self.buyers(("purchased_product_ids", "in", self.cup.ids)), self.nobody)

    def test_fields(self):
        acme = self.acme.with_user(self.salesman)
        self.assertEqual(acme.purchased_product_ids, self.beans)
        self.assertEqual(acme.purchased_categ_ids, self.drinks | self.coffee)
        domain = [("purchased_categ_ids", "in", self.drinks.ids)]
        both = (self.acme | self.bistro).with_user(self.salesman)
        self.assertEqual(both.filtered_domain(domain), acme)
        with self.assertRaises(AccessError):
            self.sold.with_user(self.salesman).read(["amount_total"])
        with self.assertRaises(AccessError):
            self.acme.with_user(self.employee).read(["purchased_product_ids"])

    def test_who_may_not_ask_is_refused_in_a_filter_too(self):
        for name in ("purchased_product_ids", "purchased_categ_ids"):
            for path in (name, f"commercial_partner_id.{name}"):
                with self.assertRaises(AccessError):
                    self.buyers((path, "!=", False), user=self.employee)

    def test_purchases_of_another_company_stay_there(self):
        other = self.setup_other_company()
        self.init_invoice(
            "out_invoice",
            partner=self.nobody,
            invoice_date=self.today,
            products=self.cup,
            company=other["company"],
            post=True,
        )
        condition = ("purchased_product_ids", "in", self.cup.ids)
        self.assertFalse(self.buyers(condition))
        self.salesman.company_ids |= other["company"]
        partners = self.env["res.partner"].with_user(self.salesman)
        both = partners.with_context(allowed_company_ids=self.salesman.company_ids.ids)
        self.assertEqual(both.search([*self.here, condition]), self.nobody)

    def test_segment_of_buyers(self):
        segment = self._segment([("purchased_categ_ids", "in", self.drinks.ids)])
        self.assertEqual(self.members(segment), self.acme)
        self._sell(self.nobody, self.beans)
        segment._refresh()
        self.assertEqual(segment.member_count, 2)
