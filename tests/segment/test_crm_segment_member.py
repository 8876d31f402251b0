from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SegmentCase


@tagged("post_install", "-at_install")
class TestMember(SegmentCase):
    def test_merge_of_contacts_keeps_one_open_row_for_each_segment(self):
        first, second, third = self._people(3)
        both, only = self._segment(kind="static"), self._segment(kind="static", name="Only")
        both._add([("id", "in", (second | third).ids)])
        self.env.cr.execute("UPDATE crm_segment_member SET entered_at = '2026-01-01'")
        both._add([("id", "=", first.id)])
        only._add([("id", "=", third.id)])
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((first | second | third).ids, first)
        self.env.invalidate_all()
        self.assertEqual(self.rows(both), [(first, True)])
        self.assertEqual(self.rows(only), [(first, True)])
        row = self.env["crm.segment.member"].search([("segment_id", "=", both.id)])
        self.assertEqual(row.entered_at, datetime(2026, 1, 1), "in it since then")
        both._refresh()
        self.assertEqual(both.member_count, 1)

    def test_merge_keeps_closed_rows(self):
        first, second = self._people(2)
        segment = self._segment()
        second.city = "Moved"
        segment._refresh()
        self.env["base.partner.merge.automatic.wizard"]._merge((first | second).ids, first)
        self.assertEqual(sorted(self.rows(segment)), [(first, False), (first, True)])

    def test_merge_of_leads(self):
        leads = self._lead(city=self.town) | self._lead(city=self.town, name="Other")
        segment = self._segment(model="crm.lead")
        merged = leads.with_user(self.marketing).merge_opportunity()
        self.assertEqual(self.rows(segment), [(merged.sudo(), True)])
        segment._refresh()
        self.assertEqual(segment.member_count, 1)

    def test_deletion_of_a_record(self):
        people = self._people(2)
        segment = self._segment()
        people[0].unlink()
        segment._refresh()
        self.assertEqual(segment.member_count, 1)
        self.assertEqual(self.rows(segment), [(people[1], True)])

    def test_deletion_of_a_segment(self):
        self._people(1)
        segment = self._segment()
        rows = self.env["crm.segment.member"].search([("segment_id", "=", segment.id)])
        segment.unlink()
        self.assertFalse(rows.exists())

    def test_rows_are_seen_with_their_records(self):
        mine = self._lead(city=self.town, user_id=self.salesman.id)
        self._lead(city=self.town, user_id=self.colleague.id)
        segment = self._segment(model="crm.lead")
        every = self.env["crm.segment.member"].search([("segment_id", "=", segment.id)])
        rows = every.with_user(self.salesman)
        self.assertEqual(rows.search([("segment_id", "=", segment.id)]).lead_id, mine)
        self.assertEqual(
            rows._read_group([("segment_id", "=", segment.id)], [], ["__count"]), [(1,)]
        )
        with self.assertRaises(AccessError):
            rows.read(["display_name"])

    def test_contacts_hidden_by_a_rule(self):
        hidden, shown = self._people(2)
        self._segment()
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {hidden.id})]",
            }
        )
        rows = self.env["crm.segment.member"].with_user(self.salesman)
        found = rows.search([("partner_id", "in", (hidden | shown).ids)])
        self.assertEqual(found.partner_id, shown)

    def test_nobody_writes_the_log(self):
        self._people(1)
        segment = self._segment()
        rows = self.env["crm.segment.member"].search([("segment_id", "=", segment.id)])
        for write in (
            lambda rows: rows.write({"left_at": False}),
            lambda rows: rows.unlink(),
            lambda rows: rows.create({"segment_id": segment.id, "entered_at": "2026-01-01"}),
        ):
            with self.assertRaises(AccessError):
                write(rows.with_user(self.manager))

    def test_opening(self):
        person = self._people(1)
        segment = self._segment()
        row = self.env["crm.segment.member"].search([("segment_id", "=", segment.id)])
        self.assertEqual(row.action_open_record()["res_id"], person.id)
        self.assertEqual(row.display_name, person.display_name)
        action = person.with_user(self.salesman).action_open_segments()
        self.assertEqual(action["domain"], [("partner_id", "=", person.id)])
        self.assertEqual(segment.action_open_history()["domain"], [("segment_id", "=", segment.id)])

    def test_as_many_queries_for_many_contacts(self):
        people = self._people(30)
        self._segment()
        counts = []
        people = people.with_user(self.salesman)
        for some in (people[:1], people):
            some.mapped("crm_segment_ids.name")
            self.env.invalidate_all()
            some.mapped("name")
            before = self.env.cr.sql_log_count
            some.mapped("crm_segment_ids")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
