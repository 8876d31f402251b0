from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import Form, new_test_user, tagged

from .suggestion_common import TODAY, SuggestionCase


@tagged("post_install", "-at_install")
class TestSuggestedProducts(SuggestionCase):
    """Which products are suggested to whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._customers(14, cls.printer, cls.paper)
        cls.customer = cls._customers(1, cls.printer)
        cls._customers(5, cls.printer)
        cls._customers(30, cls.desk)
        cls._refresh()

    def _order(self, partner, *products, **values):
        lines = [Command.create({"product_id": product.id}) for product in products]
        return self.env["sale.order"].create(
            {"partner_id": partner.id, "order_line": lines, **values}
        )

    def test_reason_in_words(self):
        (item,) = self.customer._suggested_products()[self.customer.id]
        self.assertEqual(item["product_id"], self.paper.id)
        self.assertEqual(item["reason"], "14 of 20 customers with Printer also bought it")
        self.assertEqual((item["customers"], item["product_customers"]), (14, 20))

    def test_what_is_owned_is_not_suggested(self):
        self._invoice(self.customer, self.paper)
        self.assertFalse(self._suggested(self.customer))

    def test_what_is_ordered_is_not_suggested_and_counts_as_owned(self):
        someone = self._contact()
        order = self._order(someone, self.printer)
        self.assertFalse(self._suggested(someone), "a quotation is no order")
        order.action_confirm()
        self.assertEqual(self._suggested(someone), ["Paper"])
        self._order(someone, self.paper).action_confirm()
        self.assertFalse(self._suggested(someone))

    def test_what_was_returned_is_not_suggested(self):
        self._invoice(self.customer, self.paper)
        self._invoice(self.customer, self.paper, move_type="out_refund")
        self.assertFalse(self._suggested(self.customer))

    def test_what_was_returned_is_no_reason(self):
        self._invoice(self.customer, self.printer, move_type="out_refund")
        self.assertFalse(self._suggested(self.customer))
        self._invoice(self.customer, self.printer, quantity=2)
        self.assertEqual(self._suggested(self.customer), ["Paper"], "one of three came back")

    def test_ordered_and_returned_is_no_reason(self):
        someone = self._contact()
        self._order(someone, self.printer).action_confirm()
        self._invoice(someone, self.printer)
        self._invoice(someone, self.printer, move_type="out_refund")
        self.assertFalse(self._suggested(someone))

    def test_old_purchases_count_and_drafts_do_not(self):
        someone, other = self._contact(), self._contact()
        self._invoice(someone, self.printer, day=TODAY.replace(year=2015))
        self._invoice(other, self.printer, state="draft")
        self.assertEqual(self._suggested(someone), ["Paper"])
        self.assertFalse(self._suggested(other))

    def test_only_what_is_sold(self):
        for values in (
            {"active": False},
            {"sale_ok": False},
            {"company_id": self._shop("Other shop").id},
        ):
            with self.subTest(values=values):
                before = {name: self.paper[name] for name in values}
                self.paper.product_tmpl_id.write(values)
                self.paper.write({"active": values.get("active", True)})
                self.assertFalse(self._suggested(self.customer))
                self.paper.product_tmpl_id.write(before)
                self.paper.active = True
        self.assertEqual(self._suggested(self.customer), ["Paper"])

    def test_people_get_what_goes_with_their_company(self):
        self.customer.is_company = True
        person = self._contact(parent_id=self.customer.id)
        self.assertEqual(self._suggested(person), ["Paper"])
        self.assertFalse(self._suggested(self._contact()))

    def test_best_first_and_not_too_many(self):
        products = [self._product(f"Extra {n}") for n in range(7)]
        for n, product in enumerate(products):
            for customer in self._customers(20 - n, self.lamp):
                self._invoice(customer, product)
        self._customers(600, self.desk)
        customer = self._customers(1, self.lamp)
        self.company.affinity_min_share = 0
        self._refresh()
        names = [product.name for product in products]
        self.assertEqual(self._suggested(customer), names[:5])
        two = customer._suggested_products(limit=2)[customer.id]
        self.assertEqual(len(two), 2)

    def test_best_reason_of_several(self):
        self._customers(4, self.lamp, self.paper)
        customer = self._customers(1, self.printer, self.lamp)
        self._refresh()
        (item,) = customer._suggested_products()[customer.id]
        self.assertIn("customers with Printer", item["reason"])

    def test_by_category(self):
        office, supply = self.env["product.category"].create(
            [{"name": "Machines"}, {"name": "Supplies"}]
        )
        self.printer.categ_id = office
        ink = self._product("Ink", categ_id=supply.id)
        self.paper.categ_id = supply
        self.desk.categ_id = self.env["product.category"].create({"name": "Furniture"})
        self.company.affinity_level = "category"
        self._refresh()
        (item,) = self.customer._suggested_products()[self.customer.id]
        self.assertEqual(item["product_id"], self.paper.id)
        self.assertEqual(item["reason"], "14 of 20 customers with Machines also bought Supplies")
        self._invoice(self.customer, ink)
        self.assertFalse(self._suggested(self.customer), "the category is known")

    def test_companies_do_not_mix(self):
        other = self._shop("Other shop")
        there = self.customer.with_company(other)
        self.assertFalse(self._suggested(there))
        self._customers(6, self.printer, self.desk, company=other)
        self._customers(20, self.lamp, company=other)
        self._refresh(other)
        self.assertFalse(self._suggested(there), "it bought nothing in the other shop")
        self._invoice(self.customer, self.printer, company=other)
        self.assertEqual(self._suggested(there), ["Desk"])
        self.assertEqual(self._suggested(self.customer), ["Paper"])
        self.customer.company_id = other
        self.assertEqual(self._suggested(self.customer), ["Desk"], "the contact's own company")

    def test_branches_share_them(self):
        branch = self._shop("Branch", parent_id=self.company.id)
        self._customers(30, self.lamp, company=branch)
        there = self.customer.with_company(branch)
        self.assertEqual(self._suggested(there), ["Paper"])
        self._invoice(self.customer, self.paper, company=branch)
        self.assertFalse(self._suggested(there))
        self.assertFalse(self._suggested(self.customer), "bought in the branch")

    def test_who_refused_profiling_gets_none(self):
        self.customer.is_company = True
        person = self._contact(parent_id=self.customer.id)
        allowed = [("id", "!=", person.id)]
        partners = self.registry["res.partner"]
        self.patch(partners, "_profiling_domain", lambda self: Domain(allowed))
        found = (self.customer | person)._suggested_products()
        self.assertTrue(found[self.customer.id])
        self.assertFalse(found[person.id])
        allowed[:] = [("id", "!=", self.customer.id)]
        self.assertFalse(self._suggested(person), "the purchases are those of its company")

    def test_our_own_companies_get_none(self):
        self._invoice(self.company.partner_id, self.printer)
        self.assertFalse(self._suggested(self.company.partner_id))

    def test_merged_customers(self):
        other = self._contact()
        self._invoice(other, self.paper)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.customer | other).ids, self.customer)
        self.env.invalidate_all()
        self.assertFalse(self._suggested(self.customer))

    def test_one_query_for_many(self):
        many = self._customers(30, self.printer)
        for partners in (many[:1], many):
            partners._suggested_products()
            self.env.invalidate_all()
            with self.subTest(count=len(partners)), self.assertQueryCount(10):
                partners._suggested_products()

    # ------------------------------------------------------------
    # On the forms
    # ------------------------------------------------------------

    def test_salesman_sees_them_on_his_records(self):
        lead = self._lead(partner_id=self.customer.id, user_id=self.salesman.id)
        order = self._order(self.customer, user_id=self.salesman.id)
        for record in (self.customer, lead, order):
            (item,) = record.with_user(self.salesman).get_suggestions()
            self.assertEqual((item["id"], item["name"]), (self.paper.id, "Paper"))
            self.assertIn("10.00", item["price"])
            self.assertFalse(item["can_open"])
        (item,) = self.customer.with_user(self.marketing).get_suggestions()
        self.assertTrue(item["can_open"])

    def test_others_do_not(self):
        lead = self._lead(partner_id=self.customer.id, user_id=self.colleague.id)
        order = self._order(self.customer, user_id=self.colleague.id)
        for record in (lead, order):
            with self.assertRaises(AccessError):
                record.with_user(self.salesman).get_suggestions()
        portal = new_test_user(self.env, "xsell_portal", "base.group_portal")
        portal.partner_id.parent_id = self.customer
        public = self.env.ref("base.public_user")
        order = self._order(portal.partner_id)
        order.message_subscribe(portal.partner_id.ids)
        for user in (self.employee, portal, public):
            for record in (self.customer, portal.partner_id, order):
                with self.assertRaises(AccessError):
                    record.with_user(user).get_suggestions()
                with self.assertRaises(AccessError):
                    record.with_user(user).action_take_suggestion(self.paper.id)
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["suggested_products_html"])

    def test_products_that_one_may_not_see_are_left_out(self):
        self.env["ir.rule"].create(
            {
                "name": "No paper",
                "model_id": self.env.ref("product.model_product_product").id,
                "domain_force": f"[('id', '!=', {self.paper.id})]",
            }
        )
        self.assertFalse(self.customer.with_user(self.salesman).get_suggestions())

    def test_opening_a_form_asks_nothing(self):
        self.env.invalidate_all()
        arch = self.env["sale.order"].get_view(view_type="form")["arch"]
        self.assertIn("product_suggestions", arch)
        self.assertNotIn("suggested_products_html", arch)

    def test_quotation_counts_its_products_as_owned(self):
        someone = self._contact()
        order = self._order(someone, self.printer, user_id=self.salesman.id)
        rows = order.with_user(self.salesman).get_suggestions()
        self.assertEqual([row["id"] for row in rows], self.paper.ids)
        order.order_line = [Command.create({"product_id": self.paper.id})]
        self.assertFalse(order.with_user(self.salesman).get_suggestions())
        empty = self._order(someone, user_id=self.salesman.id).with_user(self.salesman)
        self.assertFalse(empty.get_suggestions())
        self.assertTrue(empty.get_suggestions(product_ids=self.printer.ids), "not saved yet")

    def test_price_of_the_customers_pricelist(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Friends",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 50})],
            }
        )
        order = self._order(self.customer, pricelist_id=pricelist.id, user_id=self.salesman.id)
        (item,) = order.with_user(self.salesman).get_suggestions()
        self.assertIn("5.00", item["price"])

    def test_one_click_adds_it_as_odoo_would(self):
        tax_group = self.env["account.tax.group"].create({"name": "VAT"})
        country = self.env.ref("base.fr")
        self.company.account_fiscal_country_id = country
        tax_group.country_id = country
        tax = self.env["account.tax"].create(
            {"name": "VAT 20", "amount": 20, "tax_group_id": tax_group.id, "country_id": country.id}
        )
        self.paper.taxes_id = tax
        with Form(self.env["sale.order"].with_user(self.salesman)) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.desk
        order = form.save()
        self.assertFalse(order.action_take_suggestion(self.paper.id))
        added = order.order_line.filtered(lambda line: line.product_id == self.paper)
        self.assertEqual((added.product_uom_qty, added.price_unit), (1, 10))
        self.assertEqual((added.tax_ids, added.price_total), (tax, 12))
        self.assertEqual(order.order_line[-1], added)
        with Form(order) as form, form.order_line.new() as line:
            line.product_id = self.paper
        same = order.order_line.filtered(lambda line: line.product_id == self.paper) - added
        self.assertEqual((same.name, same.price_total), (added.name, added.price_total))

    def test_orders_are_left_alone(self):
        order = self._order(self.customer, self.desk, user_id=self.salesman.id)
        order.action_confirm()
        with self.assertRaises(UserError):
            order.with_user(self.salesman).action_take_suggestion(self.paper.id)

    def test_contact_and_lead_open_a_quotation_with_it(self):
        lead = self._lead(type="opportunity", partner_id=self.customer.id, user_id=self.salesman.id)
        for record in (self.customer, lead):
            action = record.with_user(self.salesman).action_take_suggestion(self.paper.id)
            self.assertEqual(action["res_model"], "sale.order")
            orders = self.env["sale.order"].with_user(self.salesman)
            order = Form(orders.with_context(**action["context"])).save()
            self.assertEqual(order.partner_id, self.customer)
            self.assertEqual(order.order_line.product_id, self.paper)
            self.assertEqual(order.order_line.price_unit, 10)
        self.assertEqual(order.opportunity_id, lead)
