import random
from datetime import timedelta

import psycopg2
from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Date, Domain
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...models.rfm import affinity_sql
from .affinity_recount import recount
from .suggestion_common import TODAY, SuggestionCase

AFFINITY_LOG = "odoo.addons.crm_lifecycle.models.rfm.crm_product_affinity_refresh"

WINDOW_START = TODAY - relativedelta(months=24)


@tagged("post_install", "-at_install")
class TestProductAffinity(SuggestionCase):
    def _rows(self, company=None):
        """Give all rows of a company by pair."""
        company = company or self.company
        by_category = company.affinity_level == "category"
        return {
            (row.categ_id.id, row.related_categ_id.id)
            if by_category
            else (row.product_id.id, row.related_product_id.id): row
            for row in self.affinities.sudo().search([("company_id", "=", company.id)])
        }

    def _assert_recounted(self, company=None):
        """Compare each value of each row with the recount."""
        company = company or self.company
        expected, rows = recount(company, TODAY), self._rows(company)
        self.assertEqual(set(rows), set(expected))
        for pair, values in expected.items():
            for name, value in values.items():
                self.assertAlmostEqual(rows[pair][name], value, 9, (pair, name))
        return len(expected)

    def _random_invoices(self, dice, count, customers, products, company=None):
        """Write documents of all sorts: reversed, drafts, refunds, down payments, old ones."""
        for _number in range(count):
            self._invoice(
                dice.choice(customers),
                *dice.choices([*products, None], k=dice.randrange(1, 6)),
                day=WINDOW_START + timedelta(days=dice.randrange(-20, 740)),
                quantity=dice.choice((1, 1, 2, 0, -1)),
                company=company,
                line={"is_downpayment": dice.random() < 0.1},
                move_type=dice.choice(("out_invoice",) * 5 + ("out_receipt", "out_refund")),
                state=dice.choice(("posted",) * 6 + ("draft", "cancel")),
                payment_state=dice.choice(("paid", "not_paid", "partial", "reversed")),
            )

    def _random_people(self, dice):
        """Give private persons, a company and its people, and one of our own companies."""
        bakery = self._contact(name="Bakery", is_company=True)
        bakers = [self._contact(name=f"Baker {n}", parent_id=bakery.id) for n in range(3)]
        private = [self._contact(name=f"Person {n}", active=n % 4 > 0) for n in range(12)]
        return [*private, bakery, *bakers, self.env.ref("base.main_company").partner_id]

    def test_random_invoices_by_product(self):
        for seed in range(3):
            dice = random.Random(seed)
            people = self._random_people(dice)
            products = [self._product(f"Random {n}") for n in range(8)]
            self._random_invoices(dice, 60, people, products)
            self.company.affinity_min_customers = dice.choice((1, 2, 3))
            self._refresh()
            with self.subTest(seed=seed):
                self.assertGreater(self._assert_recounted(), 10)
            self.assertEqual(
                {name: n for name, n in self._refresh().items() if name != "pairs"},
                {"added": 0, "changed": 0, "removed": 0},
            )

    def test_random_invoices_by_category(self):
        self.company.affinity_level = "category"
        for seed in range(3):
            dice = random.Random(seed)
            categories = self.env["product.category"].create(
                [{"name": f"Category {n}"} for n in range(5)]
            )
            products = [
                self._product(f"Random {n}", categ_id=dice.choice([*categories.ids, False]))
                for n in range(15)
            ]
            self._random_invoices(dice, 60, self._random_people(dice), products)
            self.company.affinity_min_customers = dice.choice((1, 2, 3))
            self._refresh()
            with self.subTest(seed=seed):
                self.assertGreater(self._assert_recounted(), 5)

    def test_only_the_best_pairs_are_kept(self):
        dice = random.Random(11)
        products = [self._product(f"Random {n}") for n in range(8)]
        self._random_invoices(dice, 60, self._random_people(dice), products)
        self.company.affinity_min_customers = 1
        self.patch(affinity_sql, "KEPT", 3)
        self._refresh()
        self.assertEqual(self._assert_recounted(), 24)

    def test_order_of_the_rows_in_the_database_does_not_matter(self):
        dice = random.Random(7)
        self._random_invoices(dice, 60, self._random_people(dice), [self.printer, self.paper])
        self._refresh()
        self.env.cr.execute("UPDATE account_move SET ref = 'moved' WHERE id % 2 = 0")
        self.env.cr.execute("UPDATE account_move_line SET name = 'moved' WHERE id % 3 = 0")
        result = self._refresh()
        self.assertFalse(result["added"] + result["changed"] + result["removed"])

    def test_both_directions_with_their_own_share(self):
        self._printer_customers()
        row, back = self._pair(self.printer, self.paper), self._pair(self.paper, self.printer)
        self.assertEqual((row.customers, row.product_customers, row.share), (14, 20, 0.7))
        self.assertEqual((back.customers, back.product_customers, back.share), (14, 14, 1))
        self.assertAlmostEqual(row.customer_lift, 0.7 / (14 / 50))
        self.assertEqual((row.orders, row.lift, row.product_orders), (0, 0, 20))
        self.assertTrue(row.is_suggested)

    def test_few_customers_make_no_pair(self):
        self._customers(2, self.printer, self.paper)
        self._refresh()
        self.assertFalse(self._rows())

    def test_what_all_buy_is_no_suggestion(self):
        self._customers(14, self.printer, self.paper)
        self._customers(6, self.printer)
        self._customers(30, self.paper)
        self._refresh()
        row = self._pair(self.printer, self.paper)
        self.assertLess(row.customer_lift, 1)
        self.assertFalse(row.is_suggested)

    def test_each_invoice_of_the_window_counts_once(self):
        customers = self._customers(3)
        for customer in customers:
            self._invoice(customer, self.printer, self.paper, self.printer, day=WINDOW_START)
            day = WINDOW_START + timedelta(days=1)
            self._invoice(customer, self.printer, self.paper, self.printer, day=day)
            self._invoice(customer, self.printer, self.paper, day=TODAY + timedelta(days=1))
        self._refresh()
        row = self._pair(self.printer, self.paper)
        self.assertEqual((row.orders, row.product_orders, row.customers), (3, 3, 3))
        self.assertEqual((row.support, row.confidence, row.lift), (1, 1, 1))

    def test_discounts_are_no_products(self):
        self.company.sale_discount_product_id = self.lamp
        self._customers(5, self.printer, self.lamp)
        self._refresh()
        self.assertFalse(self._rows())

    def test_refused_profiling_is_left_out(self):
        customers = self._customers(4, self.printer, self.paper)
        partners = self.registry["res.partner"]
        allowed = [("id", "!=", customers[0].id)]
        self.patch(partners, "_profiling_domain", lambda self: Domain(allowed))
        self._refresh()
        row = self._pair(self.printer, self.paper)
        self.assertEqual(row.customers, 3)
        self.assertEqual(self._customers_behind(row), customers[1:])

    def test_only_changes_are_written(self):
        self._printer_customers()
        row, back = self._pair(self.printer, self.paper), self._pair(self.paper, self.printer)
        before = (row | back).mapped("write_date")
        self.assertEqual(self._refresh(), {"pairs": 2, "added": 0, "changed": 0, "removed": 0})
        self.assertEqual((row | back).mapped("write_date"), before)
        self._customers(3, self.desk, self.lamp)
        self.assertEqual(self._refresh(), {"pairs": 4, "added": 2, "changed": 2, "removed": 0})
        self.env["account.move"].search(
            [("invoice_line_ids.product_id", "=", self.lamp.id)]
        ).invoice_line_ids.product_id = self.paper
        self.assertEqual(self._refresh()["removed"], 2)

    def test_other_level_replaces_the_rows(self):
        self._printer_customers()
        furniture = self.env["product.category"].create({"name": "Furniture"})
        office = self.env["product.category"].create({"name": "Office"})
        (self.printer | self.lamp).categ_id = office
        (self.paper | self.desk).categ_id = furniture
        self.company.affinity_level = "category"
        self.assertEqual(self._refresh(), {"pairs": 2, "added": 2, "changed": 0, "removed": 2})
        row = self._pair(office, furniture)
        self.assertEqual((row.customers, row.product_customers), (14, 20))
        self.assertEqual(row.related_product_id, self.desk, "the best seller of the category")
        self.desk.sale_ok = False
        self._refresh()
        self.assertEqual(row.related_product_id, self.paper)
        self.company.affinity_level = "product"
        self.assertEqual(self._refresh(), {"pairs": 2, "added": 2, "changed": 0, "removed": 2})

    def test_other_company_has_its_own(self):
        self._printer_customers()
        other = self._shop("Other shop")
        self._customers(3, self.printer, self.paper, company=other)
        self._refresh(other)
        self.assertEqual(self._pair(self.printer, self.paper, other).customers, 3)
        self.assertEqual(self._pair(self.printer, self.paper).customers, 14)
        rows = self.affinities.with_user(self.marketing)
        self.assertEqual(rows.search([]).company_id, self.company)

    def test_branches_count_with_their_company(self):
        branch = self._shop("Branch", parent_id=self.company.id)
        both = self._customers(2, self.printer, self.paper)
        both += self._customers(2, self.printer, self.paper, company=branch)
        self._refresh()
        row = self._pair(self.printer, self.paper)
        self.assertEqual(row.customers, 4)
        self._assert_recounted()
        self.assertEqual(self._customers_behind(row), both)
        self.marketing.write({"company_ids": [(6, 0, branch.ids)], "company_id": branch.id})
        there = row.with_user(self.marketing).with_context(allowed_company_ids=branch.ids)
        self.assertEqual(there.customers, 4)
        self.assertIn("pairs", there.browse().action_refresh()["params"]["message"])

    def test_merged_customers_are_one(self):
        customers = self._customers(4, self.printer, self.paper)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge(customers[:2].ids, customers[0])
        self.env.invalidate_all()
        self._refresh()
        self.assertEqual(self._pair(self.printer, self.paper).customers, 3)
        self._assert_recounted()

    def test_deleted_product_takes_its_pairs(self):
        self._printer_customers()
        self.env["account.move"].search(
            [("invoice_line_ids.product_id", "=", self.paper.id)]
        ).invoice_line_ids.product_id = False
        self.paper.unlink()
        self.assertFalse(self._rows())

    # ------------------------------------------------------------
    # What is behind
    # ------------------------------------------------------------

    def _customers_behind(self, row, user=None):
        action = row.with_user(user or self.marketing).action_open_customers()
        partners = self.env["res.partner"].with_user(user or self.marketing)
        return partners.with_context(**action["context"]).search(action["domain"])

    def test_figures_open_their_records(self):
        dice = random.Random(3)
        products = [self.printer, self.paper, self.desk]
        people = self._random_people(dice)
        accountant = self.manager
        accountant.group_ids |= self.env.ref("account.group_account_invoice")
        self._random_invoices(dice, 90, people, products)
        self.desk.categ_id = self.env["product.category"].create({"name": "Furniture"})
        (self.printer | self.paper).categ_id = self.env["product.category"].create(
            {"name": "Office"}
        )
        for level in ("product", "category"):
            self.company.write({"affinity_level": level, "affinity_min_customers": 1})
            self._refresh()
            self.assertTrue(self._rows())
            for row in self._rows().values():
                self.assertEqual(len(self._customers_behind(row)), row.customers)
                action = row.with_user(accountant).action_open_invoices()
                moves = self.env["account.move"].with_user(accountant).search(action["domain"])
                self.assertEqual(len(moves), row.orders)

    def test_who_bought_what_is_not_for_everybody(self):
        self._printer_customers()
        row = self._pair(self.printer, self.paper)
        self.assertEqual(row.with_user(self.salesman).customers, 14)
        action = row.with_user(self.salesman).action_open_customers()
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(self.salesman).search(action["domain"])
        for action in ("action_open_customers", "action_open_invoices"):
            with self.assertRaises(AccessError):
                getattr(row.with_user(self.employee), action)()

    # ------------------------------------------------------------
    # Buttons, cron, settings
    # ------------------------------------------------------------

    def test_nobody_writes_rows(self):
        self._printer_customers()
        row = self._pair(self.printer, self.paper).with_user(self.manager)
        with self.assertRaises(AccessError):
            row.customers = 1
        with self.assertRaises(AccessError):
            row.unlink()
        with self.assertRaises(AccessError):
            row.create({"company_id": self.company.id})

    def test_button(self):
        self._customers(5, self.printer, self.paper, day=Date.today())
        action = self.affinities.with_user(self.marketing).action_refresh()
        self.assertIn("2 pairs", action["params"]["message"])
        self.assertEqual(self.company.affinity_date, Date.today())
        with self.assertRaises(AccessError):
            self.affinities.with_user(self.salesman).action_refresh()

    def test_list_shows_the_columns_of_the_level(self):
        rows = self.affinities.with_user(self.salesman)
        for level, hidden in (
            ("product", {"categ_id", "related_categ_id"}),
            ("category", {"product_id"}),
        ):
            self.company.affinity_level = level
            arch = etree.fromstring(rows.get_view(view_type="list")["arch"])
            found = arch.xpath("//field[@column_invisible='True']/@name")
            self.assertEqual(set(found) & {"product_id", "categ_id", "related_categ_id"}, hidden)

    def test_two_at_once(self):
        self._lock_elsewhere()
        with self.assertRaises(UserError):
            self._refresh()

    def _lock_elsewhere(self):
        """Hold the lock of the company in another transaction, as a running refresh does."""
        other = self.registry._db.cursor()
        self.addCleanup(other.close)
        other.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s), %s)",
            [self.affinities._table, self.company.id],
        )

    def test_cron_refreshes_all_and_one_that_fails_stops_no_other(self):
        other = self._shop("Other shop")
        for company in (self.company, other):
            self._customers(3, self.printer, self.paper, company=company, day=Date.today())
        refresh = self.registry["crm.product.affinity"]._refresh_query

        def failing(rows, company, until):
            if company == self.company:
                raise psycopg2.errors.DivisionByZero
            return refresh(rows, company, until)

        self.patch(self.registry["crm.product.affinity"], "_refresh_query", failing)
        cron = self.env.ref("crm_lifecycle.ir_cron_crm_product_affinity")
        with self.enter_registry_test_mode(), self.assertLogs(AFFINITY_LOG, "ERROR"):
            cron.method_direct_trigger()
        self.assertFalse(self._pair(self.printer, self.paper))
        self.assertEqual(self._pair(self.printer, self.paper, other).customers, 3)

    def test_settings_are_saved_when_the_weekly_refresh_was_deleted(self):
        self.env.ref("crm_lifecycle.ir_cron_crm_product_affinity").unlink()
        self.company.affinity_months = 36
        self.assertEqual(self.company.affinity_months, 36)

    def test_settings(self):
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        cron = self.env.ref("crm_lifecycle.ir_cron_crm_product_affinity")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        with Form(self.env["res.config.settings"].with_user(admin)) as form:
            form.affinity_level = "category"
            form.affinity_min_share = 0.5
        form.save().execute()
        self.assertEqual(self.company.affinity_level, "category")
        self.assertGreater(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), triggers
        )

    @mute_logger("odoo.sql_db")
    def test_settings_that_make_no_sense(self):
        for name, value in (
            ("affinity_months", 0),
            ("affinity_min_customers", 0),
            ("affinity_min_share", 1.5),
            ("affinity_min_lift", 0.5),
        ):
            with self.assertRaises(psycopg2.errors.CheckViolation), self.env.cr.savepoint():
                self.company[name] = value
                self.env.flush_all()
