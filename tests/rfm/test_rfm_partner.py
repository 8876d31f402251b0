from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import JuneCase


@tagged("post_install", "-at_install")
class TestRfmPartner(JuneCase):
    """The figures on the contact, in its lists and for who may see them."""

    def setUp(self):
        super().setUp()
        self.good = self._customer("2026-06-01", "2026-05-01", amount=3_000, name="Good")
        self.lost = self._customer("2020-06-01", name="Lost")
        self.prospect = self._contact(name="Maybe", lifecycle_stage_id=self.prospect.id)
        self.supplier = self._contact(name="Supplier")
        self.people = self.good | self.lost | self.prospect | self.supplier
        self.policy._refresh()

    def _search(self, *domain, user=None):
        people = self.people.with_user(user or self.salesman)
        return people.search([("id", "in", self.people.ids), *domain])

    def test_figures_of_the_contact(self):
        good, lost, prospect, supplier = self.people.with_user(self.salesman)
        self.assertEqual(
            (good.rfm_segment_id.code, good.rfm_code, good.rfm_cell, good.rfm_value_tier),
            ("potential_loyalist", "524", "52", "high"),
        )
        self.assertEqual((good.rfm_frequency, good.rfm_monetary), (2, 6_000))
        self.assertEqual((good.rfm_last_date, good.rfm_recency_days), (date(2026, 6, 1), 29))
        self.assertEqual((lost.rfm_segment_id.code, lost.rfm_code), ("lost", False))
        self.assertEqual((prospect.rfm_segment_id.code, prospect.rfm_frequency), ("prospect", 0))
        self.assertFalse(supplier.rfm_segment_id)

    def test_fields_that_are_offered(self):
        offered = self.env["res.partner"].with_user(self.marketing).fields_get()
        for name in ("rfm_segment_id", "rfm_code", "rfm_value_tier", "rfm_monetary"):
            self.assertTrue(offered[name]["searchable"] and offered[name]["groupable"], name)
        for name in ("rfm_change", "affinity_ids"):
            self.assertFalse(offered[name]["searchable"] or offered[name]["exportable"], name)
        for name in ("rfm_score_ids", "rfm_move_ids"):
            self.assertTrue(offered[name]["readonly"], name)

    def test_search_like_columns(self):
        segments = self.segments
        for domain, found in (
            ([("rfm_segment_id", "=", segments["potential_loyalist"].id)], self.good),
            (
                [("rfm_segment_id", "!=", segments["potential_loyalist"].id)],
                self.people - self.good,
            ),
            (
                [("rfm_segment_id", "in", [segments["lost"].id, segments["prospect"].id])],
                self.lost | self.prospect,
            ),
            ([("rfm_segment_id", "not in", [segments["lost"].id])], self.people - self.lost),
            ([("rfm_segment_id", "=", False)], self.supplier),
            ([("rfm_segment_id", "!=", False)], self.people - self.supplier),
            ([("rfm_segment_id", "ilike", "loyal")], self.good),
            ([("rfm_segment_id.kind", "=", "lost")], self.lost),
            ([("rfm_segment_id.code", "=", "prospect")], self.prospect),
            ([("rfm_code", "=like", "52%")], self.good),
            ([("rfm_cell", "in", ["52", "11"])], self.good),
            ([("rfm_value_tier", "=", "high")], self.good),
            ([("rfm_frequency", ">=", 2)], self.good),
            ([("rfm_frequency", "=", 0)], self.people - self.good),
            ([("rfm_monetary", ">", 5_000)], self.good),
            ([("rfm_recency_days", ">", 100)], self.lost),
            ([("rfm_recency_days", "<=", 29), ("rfm_last_date", "!=", False)], self.good),
            ([("rfm_last_date", "<", "2021-01-01")], self.lost),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self._search(*domain), found)

    def test_filtering_records_agrees_with_searching(self):
        people = self.people.with_user(self.salesman)
        for condition in (
            ("rfm_segment_id", "=", self.segments["lost"].id),
            ("rfm_segment_id", "!=", self.segments["lost"].id),
            ("rfm_frequency", ">", 1),
            ("rfm_code", "=", False),
        ):
            with self.subTest(condition=condition):
                self.assertEqual(people.filtered_domain([condition]), self._search(condition))

    def test_sort_and_group(self):
        people = self.people.with_user(self.salesman)
        domain = [("id", "in", self.people.ids)]
        ranked = people.search(domain, order="rfm_monetary desc, id")
        self.assertEqual(ranked[:1], self.good)
        groups = people.formatted_read_group(
            domain, ["rfm_segment_id"], ["__count", "rfm_monetary:sum"]
        )
        self.assertEqual(
            {
                group["rfm_segment_id"] and group["rfm_segment_id"][0]: group["rfm_monetary:sum"]
                for group in groups
            },
            {
                self.segments["potential_loyalist"].id: 6_000,
                self.segments["lost"].id: 0,
                self.segments["prospect"].id: 0,
                False: 0,
            },
        )

    def test_a_person_counts_with_its_company(self):
        person = self._contact(name="Employee", parent_id=self.good.id)
        self.assertFalse(person.rfm_frequency)
        self.assertFalse(person.search([("id", "=", person.id), ("rfm_segment_id", "!=", False)]))
        through = [("commercial_partner_id.rfm_cell", "=", "52"), ("id", "=", person.id)]
        self.assertEqual(person.search(through), person)

    def test_reading_many_costs_what_one_costs(self):
        more = [self._customer("2026-06-01") for _n in range(20)]
        self.policy._refresh()
        everyone = self.people.browse([partner.id for partner in more]).with_user(self.salesman)
        fields = ["rfm_segment_id", "rfm_code", "rfm_monetary", "rfm_recency_days"]
        counts = []
        for some in (everyone[:1], everyone[:1], everyone):
            self.env.invalidate_all()
            some.fetch(["name"])
            before = self.env.cr.sql_log_count
            some.read(fields)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_each_company_sees_its_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        policy = self.policy._default_for(other)
        policy.write({"method": "fixed", "replay_months": 0})
        self._sale(self.good, date(2026, 6, 29), 7, company=other)
        policy._refresh()
        self.assertEqual(self.good.rfm_monetary, 6_000)
        self.assertEqual(self.good.with_company(other).rfm_monetary, 7)
        self.salesman.company_ids |= other
        rows = self.env["crm.rfm.score"].with_user(self.salesman)
        mine = [("partner_id", "=", self.good.id)]
        self.assertEqual(rows.search(mine).company_id, self.company)
        both = rows.with_context(allowed_company_ids=(self.company | other).ids)
        self.assertEqual(both.search(mine).company_id, self.company | other)

    def test_rows_of_hidden_contacts_are_hidden(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.good.company_id = other
        rows = self.env["crm.rfm.score"].with_user(self.salesman)
        self.assertFalse(rows.search([("partner_id", "=", self.good.id)]))

    def test_who_may_read(self):
        colleagues = self._sale(self.good, date(2026, 6, 2), invoice_user_id=self.colleague.id)
        invoices = self.env["account.move"].with_user(self.salesman)
        self.assertFalse(invoices.search([("id", "=", colleagues)]))
        with self.assertRaises(AccessError):
            self.good.with_user(self.employee).read(["rfm_code"])
        with self.assertRaises(AccessError):
            self._search(("rfm_frequency", ">", 0), user=self.employee)
        with self.assertRaises(AccessError):
            self.env["crm.rfm.score"].with_user(self.employee).search([("id", ">", 0)])
        for user in (self.salesman, self.manager):
            for operation in ("create", "write", "unlink"):
                self.assertFalse(self.env["crm.rfm.score"].with_user(user).has_access(operation))
                self.assertFalse(self.env["crm.rfm.move"].with_user(user).has_access(operation))

    def test_moves_are_only_added(self):
        self._sale(self.lost, date(2026, 6, 30))
        self.policy._refresh()
        move = self.env["crm.rfm.move"].search([("partner_id", "=", self.lost.id)])
        with self.assertRaises(UserError):
            move.sudo().date = "2020-01-01"
        with self.assertRaises(UserError):
            move.sudo().unlink()

    def test_a_merge_keeps_one_row_and_all_moves(self):
        for partner in (self.good, self.lost):
            self._sale(partner, date(2026, 6, 30))
        self.policy._refresh()
        moves = self.env["crm.rfm.move"].search([("partner_id", "in", (self.good | self.lost).ids)])
        self.assertTrue(moves)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.good | self.lost).ids, self.good)
        self.assertFalse(self.lost.exists())
        self.assertEqual(len(self._row(self.good)), 1)
        self.assertEqual(moves.partner_id, self.good)
        self.policy._refresh()
        self.assertEqual(self._row(self.good).frequency, 3)

    def test_a_merge_into_a_contact_without_a_row(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        ids = (self.good | self.lost | self.supplier).ids
        wizard._merge(ids, self.supplier)
        self.assertEqual(len(self._row(self.supplier)), 1)

    def test_a_deleted_contact_takes_its_rows_along(self):
        customer = self._customer("2026-06-02")
        self.policy._refresh()
        row = self._row(customer)
        self.env.cr.execute("DELETE FROM account_move WHERE partner_id = %s", [customer.id])
        customer.unlink()
        self.assertFalse(row.exists())
