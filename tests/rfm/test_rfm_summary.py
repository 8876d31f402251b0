from datetime import date

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged

from .common import JuneCase


@tagged("post_install", "-at_install")
class TestRfmSummary(JuneCase):
    """The RFM line of the contact's form, and the reasons behind it."""

    def setUp(self):
        super().setUp()
        self.good = self._customer(
            "2026-06-01", "2026-05-01", amount=3_000, name="Good", is_company=True
        )
        self.person = self._contact(name="Person", parent_id=self.good.id)
        self.lost = self._customer("2020-06-01", name="Lost")
        self.maybe = self._contact(name="Maybe", lifecycle_stage_id=self.prospect.id)
        self.supplier = self._contact(name="Supplier")
        self.policy._refresh("2026-05-31")
        self.policy._refresh()

    def _line(self, partner, user=None):
        return partner.with_user(user or self.salesman).get_lifecycle_summary().get("rfm")

    def _reasons(self, partner, user=None):
        return partner.with_user(user or self.salesman).get_rfm_reasons()

    def test_line_of_a_customer(self):
        line = self._line(self.good)
        self.assertEqual(line["segment"]["code"], "potential_loyalist")
        self.assertEqual(
            (line["rfm"], line["frequency"], line["days"], line["monetary"]), ("524", 2, 29, 6_000)
        )
        self.assertEqual(line["currency_id"], self.company.currency_id.id)
        self.assertFalse(line["of_company"])

    def test_a_person_shows_its_company(self):
        line = self._line(self.person)
        self.assertEqual((line["rfm"], line["of_company"]), ("524", "Good"))

    def test_lost_prospects_and_others(self):
        line = self._line(self.lost)
        self.assertEqual((line["segment"]["code"], line["rfm"]), ("lost", False))
        self.assertEqual(self._line(self.maybe), {"segment": False})
        self.assertFalse(self._line(self.supplier))

    def test_who_objects_shows_nothing_from_that_moment_on(self):
        self._sale(self.lost, date(2026, 6, 29))
        self.policy._refresh()
        self.assertEqual(len(self._reasons(self.lost)["path"]), 2)
        allowed = Domain("id", "not in", (self.good | self.lost).ids)
        self.patch(type(self.env["res.partner"]), "_profiling_domain", lambda _self: allowed)
        self.env.invalidate_all()
        both = (self.good | self.lost).with_user(self.salesman)
        self.assertFalse(any(self._line(partner) for partner in both))
        for partner in both:
            self.assertFalse(partner.rfm_segment_id | partner.rfm_score_ids.segment_id)
            self.assertEqual((partner.rfm_code, partner.rfm_frequency), (False, 0))
            reasons = self._reasons(partner)
            self.assertFalse(reasons["figures"] or reasons["path"] or reasons["invoices_of"])
        policy = [("policy_id", "=", self.policy.id)]
        for condition in (
            ("rfm_frequency", ">", 0),
            ("rfm_segment_id", "!=", False),
            ("rfm_score_ids", "any", policy),
            ("rfm_move_ids", "any", policy),
        ):
            for people in (both, both.sudo()):
                found = people.search([condition, ("id", "in", both.ids)])
                self.assertFalse(found, condition)
        map_ = self.policy.with_user(self.salesman).get_map()
        self.assertFalse(any(cell["count"] for cell in map_["cells"]))
        self.assertFalse(any(segment["entered"] for segment in map_["segments"]))
        self.assertFalse(self.policy.with_user(self.salesman).get_matrix()["rows"])

    def test_reasons_without_a_policy(self):
        self.policy.active = False
        with self.assertRaisesRegex(UserError, "no RFM policy"):
            self._reasons(self.good)

    def test_who_may_not_be_profiled_is_no_prospect(self):
        allowed = Domain("id", "!=", self.maybe.id)
        self.patch(type(self.env["res.partner"]), "_profiling_domain", lambda _self: allowed)
        self.assertFalse(self._line(self.maybe))

    def test_names_of_segments_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        segment = self.segments["potential_loyalist"]
        segment.with_context(lang="fr_FR").name = "Futurs fidèles"
        self.salesman.lang = "fr_FR"
        partner = self.good.with_user(self.salesman).with_context(lang="fr_FR")
        self.assertEqual(
            partner.get_lifecycle_summary()["rfm"]["segment"]["name"], "Futurs fidèles"
        )

    def test_each_company_has_its_figures(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.salesman.company_ids += other
        self._sale(self.good, date(2026, 6, 20), 50, company=other)
        self.env["crm.rfm.policy"]._default_for(other).write({"method": "fixed"})
        self.env["crm.rfm.policy"]._default_for(other)._refresh()
        there = self.good.with_user(self.salesman).with_context(allowed_company_ids=other.ids)
        self.assertEqual(there.get_lifecycle_summary()["rfm"]["monetary"], 50)
        self.assertEqual(self._line(self.good)["monetary"], 6_000)

    def test_one_query_for_any_number_of_contacts(self):
        people = self.good | self.person | self.lost | self.maybe | self.supplier
        for group in (self.good, people):
            partners = group.with_user(self.salesman)
            partners._summary_rows()
            with self.assertQueryCount(1):
                partners._summary_rows()

    def test_the_line_is_for_sales_only(self):
        self.employee.group_ids += self.env.ref("base.group_partner_manager")
        self.employee.company_ids += self.company
        widget = "//widget[@name='lifecycle_summary']"
        for user, shown in ((self.salesman, True), (self.employee, False)):
            view = self.env["res.partner"].with_user(user).get_view(view_type="form")
            self.assertEqual(bool(etree.fromstring(view["arch"]).xpath(widget)), shown)
        with self.assertRaisesRegex(AccessError, "Only sales"):
            self.good.with_user(self.employee).get_lifecycle_summary()

    # -- why --------------------------------------------------------------------------------------

    def test_reasons(self):
        reasons = self._reasons(self.person)
        figures = {figure["score"]: figure for figure in reasons["figures"]}
        self.assertEqual(list(figures), ["R5", "F2", "M4"])
        self.assertEqual(figures["R5"]["range"], "within 60 days")
        self.assertEqual(figures["F2"]["range"], "2 purchases")
        self.assertEqual(figures["F2"]["value"], "2 purchases")
        self.assertEqual(reasons["date"], date(2026, 6, 30))
        self.assertEqual(reasons["value_tier"], "High")
        self.assertIn("<p>", reasons["segment"]["advice"])

    def test_path(self):
        path = [(place["date"], place["segment"]["code"]) for place in self._path(self.good)]
        self.assertEqual(path, [(False, "new"), (date(2026, 6, 30), "potential_loyalist")])
        self.assertEqual(self._path(self.lost), [])

    def _path(self, partner):
        return self._reasons(partner)["path"]

    def test_reasons_of_the_lost_and_of_prospects(self):
        lost = self._reasons(self.lost)
        self.assertEqual({figure["score"] for figure in lost["figures"]}, {False})
        self.assertEqual(lost["segment"]["code"], "lost")
        self.assertEqual(self._reasons(self.maybe)["figures"], [])

    def test_customer_value_where_it_is_estimated(self):
        value = {"lines": [("Purchases", "2.5")], "note": "In the next 12 months"}
        self.patch(type(self.good), "_customer_value_summary", lambda _self: value)
        self.assertEqual(self._reasons(self.good)["customer_value"], value)
        self.patch(type(self.good), "_customer_value_summary", lambda _self: {})
        self.assertFalse(self._reasons(self.good)["customer_value"])

    def test_invoices_only_for_who_may_read_them(self):
        self.assertFalse(self._reasons(self.good)["invoices_of"])
        with self.assertRaises(AccessError):
            self.good.with_user(self.employee).action_open_rfm_invoices()
        self.salesman.group_ids += self.env.ref("account.group_account_readonly")
        self.assertTrue(self._reasons(self.good)["invoices_of"])
        action = self.person.with_user(self.salesman).action_open_rfm_invoices()
        moves = self.env["account.move"].with_user(self.salesman).search(action["domain"])
        self.assertEqual(moves.commercial_partner_id, self.good)
        self.assertEqual(len(moves), 2)

    def test_reasons_are_for_sales(self):
        with self.assertRaises(AccessError):
            self._reasons(self.good, self.employee)
