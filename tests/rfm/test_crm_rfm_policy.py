from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RfmCase


@tagged("post_install", "-at_install")
class TestCrmRfmPolicy(RfmCase):
    def test_a_company_has_a_default_policy_and_only_one(self):
        self.assertTrue(self.policy.is_default)
        other = self.policy.copy()
        self.assertFalse(other.is_default)
        other.is_default = True
        self.assertFalse(self.policy.is_default)
        self.assertEqual(self.policy._default_for(self.company), other)
        other.active = False
        self.assertFalse(self.policy._default_for(self.company))

    def test_the_default_policy_has_a_name_in_each_language(self):
        self.assertEqual(self.policy.with_context(lang="en_US").name, "All purchases")
        self.assertEqual(self.policy.with_context(lang="fr_FR").name, "Tous les achats")

    def test_a_new_default_takes_the_place_of_the_old_one(self):
        new = self.policy.create({"name": "New", "is_default": True})
        self.assertEqual(self.policy._default_for(self.company), new)

    def test_the_default_follows_today(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.policy.as_of = "2020-01-01"
            self.policy.flush_recordset()

    def test_the_future_is_not_known(self):
        with self.assertRaisesRegex(ValidationError, "2999.*choose a day of the past"):
            self.policy.copy({"as_of": "2999-01-01"})

    def test_a_copy_has_a_name_of_its_own(self):
        self.assertEqual(self.policy.copy().name, f"{self.policy.name} (copy)")
        self.assertEqual(self.policy.copy({"name": "Tea only"}).name, "Tea only")

    def test_thresholds_go_one_way(self):
        policy = self.policy.with_user(self.manager)
        with self.assertRaises(ValidationError) as refusal:
            policy.write({"method": "fixed", "f_cut_4": 20})
        self.assertIn("Frequency", str(refusal.exception))
        with self.assertRaises(ValidationError) as refusal:
            policy.write({"method": "fixed", "r_cut_5": 999})
        self.assertIn("the fewest for R5", str(refusal.exception))
        policy.write({"method": "fixed", "f_cut_4": 11})

    def test_cuts_in_words(self):
        self.policy.method = "fixed"
        scale = self.policy.scale()
        self.assertEqual(scale["f"][4], "6 to 11 purchases")
        self.assertEqual(scale["f"][5], "12 purchases or more")
        self.assertEqual(scale["f"][2], "2 purchases")
        self.assertEqual(scale["f"][1], "1 purchase")
        self.assertEqual(scale["r"][5], "within 60 days")
        self.assertEqual(scale["r"][4], "61 to 180 days ago")
        self.assertEqual(scale["r"][1], "more than 540 days ago")
        self.assertIn("20,000.00", scale["m"][5])

    def test_scores_that_nobody_has_are_said_so(self):
        self.policy.write({"method": "fixed", "f_cut_3": 2, "f_cut_4": 2, "f_cut_5": 3})
        self.assertEqual(self.policy.scale()["f"][3], "nobody")
        self.assertEqual(self.policy.scale()["f"][4], "2 purchases")

    def test_few_customers_are_better_with_thresholds(self):
        self._customer("2026-06-01")
        self.policy._refresh("2026-06-30")
        self.assertTrue(self.policy.is_small)
        self.assertIn("nobody", self.policy.scale()["f"].values())
        self.policy.with_user(self.manager).action_use_fixed()
        self.assertFalse(self.policy.is_small)

    def test_frozen_cuts_stay_for_a_quarter(self):
        for day in ("2026-04-01", "2026-04-02", "2026-04-03"):
            self._customer(day)
        self.policy._refresh("2026-04-10")
        cut = self.policy.cut_ids
        self.assertEqual(cut.customer_count, 3)
        self._customer("2026-04-20", "2026-05-20")
        self.policy._refresh("2026-06-30")
        self.assertEqual(self.policy.cut_ids, cut)
        self.policy._refresh("2026-07-01")
        self.assertEqual(len(self.policy.cut_ids), 2)
        self.policy.renewal = "manual"
        self.policy._refresh("2026-11-01")
        self.assertEqual(len(self.policy.cut_ids), 2)
        self.policy._refresh("2026-11-02", renew=True)
        self.assertEqual(len(self.policy.cut_ids), 3)

    def test_live_cuts_are_those_of_the_last_refresh(self):
        self.policy.method = "live"
        self._customer("2026-04-01")
        for day in ("2026-04-10", "2026-04-11"):
            self.policy._refresh(day)
        self.assertEqual([str(cut.date) for cut in self.policy.cut_ids], ["2026-04-11"])

    def test_a_change_of_the_rules_is_the_cause_of_moves(self):
        customer = self._customer("2026-06-01")
        self.policy.write({"method": "fixed"})
        self.policy._refresh("2026-06-02")
        self.policy.write({"r_cut_5": 1, "r_cut_4": 1})
        self.assertTrue(self.policy.is_stale)
        self.policy._refresh("2026-06-20")
        self.assertFalse(self.policy.is_stale)
        move = self.env["crm.rfm.move"].search([("partner_id", "=", customer.id)])
        self.assertEqual((move.from_segment_id.code, move.cause), ("new", "policy"))

    def test_categories_count_their_lines_only(self):
        parent = self.env["product.category"].create({"name": "Music"})
        child = self.env["product.category"].create({"name": "CD", "parent_id": parent.id})
        other = self.env["product.category"].create({"name": "Books"})
        account = self.env["account.account"].create(
            {
                "name": "Income",
                "code": "RFM701",
                "account_type": "income",
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        products = {
            categ: self.env["product.product"].create({"name": categ.name, "categ_id": categ.id})
            for categ in (child, other)
        }
        customer = self._contact()
        for categ, day in ((child, "2026-06-01"), (other, "2026-06-02"), (child, "2026-06-03")):
            move = self._sale(customer, day, 500)
            self.env.cr.execute(
                "INSERT INTO account_move_line (move_id, product_id, display_type, balance,"
                " account_id, currency_id, company_currency_id, parent_state, date, company_id)"
                " VALUES (%s, %s, 'product', -30, %s, %s, %s, 'posted', %s, %s)",
                (
                    move,
                    products[categ].id,
                    account.id,
                    self.company.currency_id.id,
                    self.company.currency_id.id,
                    day,
                    self.company.id,
                ),
            )
        policy = self.policy.create({"name": "Music", "product_categ_ids": parent.ids})
        policy._refresh("2026-06-30")
        row = self._row(customer, policy)
        self.assertEqual((row.frequency, row.monetary), (2, 60))
        self.assertEqual(str(row.last_date), "2026-06-03")

    def test_who_may_do_what(self):
        self._customer("2026-06-01")
        self.policy._refresh("2026-06-30")
        for user in (self.salesman, self.marketing):
            policy = self.policy.with_user(user)
            self.assertEqual(policy.customer_count, 1)
            for action in ("action_refresh", "action_renew_cuts", "action_use_fixed"):
                with self.assertRaises(AccessError):
                    getattr(policy, action)()
        with self.assertRaises(AccessError):
            self.policy.with_user(self.employee).name  # noqa: B018
        self.policy.with_user(self.manager).action_refresh()
        self.assertIsNone(self.policy.with_user(self.manager).action_renew_cuts(), "no action")

    def test_a_category_that_a_policy_counts_cannot_go(self):
        category = self.env["product.category"].create({"name": "Music"})
        self.policy.create({"name": "Music", "product_categ_ids": category.ids})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            category.unlink()

    def test_a_manager_makes_a_policy_with_the_form(self):
        with Form(self.env["crm.rfm.policy"].with_user(self.manager)) as form:
            form.name = "Two years of CDs"
            form.window_months = 24
            form.method = "fixed"
        form.record.action_refresh()
        self.assertTrue(form.record.refresh_date)
        action = form.record.action_open_scores()
        self.assertEqual(action["domain"], [("policy_id", "=", form.record.id)])

    def test_a_window_of_no_month_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.policy.window_months = 0
            self.policy.flush_recordset()
