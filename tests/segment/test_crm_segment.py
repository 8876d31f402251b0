import json
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import SegmentCase


@tagged("post_install", "-at_install")
class TestSegment(SegmentCase):
    def test_new_segment_is_filled_at_once(self):
        people = self._people(3)
        segment = self._segment()
        self.assertEqual(self.members(segment), people.sorted("name"))
        self.assertEqual((segment.member_count, segment.user_id), (3, self.marketing))
        self.assertFalse(segment.error)
        self.assertTrue(segment.refresh_date)

    def test_change_of_the_filter_brings_the_members_up_to_date(self):
        self._people(3)
        other = self._people(1, city="Elsewhere in Segmentville")
        segment = self._segment()
        segment.domain = "[('city', '=', 'Elsewhere in Segmentville')]"
        self.assertEqual(self.members(segment), other)
        self.assertEqual(segment.member_count, 1)

    def test_segment_of_leads(self):
        lead = self._lead(city=self.town)
        segment = self._segment(model="crm.lead")
        self.assertEqual(self.members(segment), lead)
        self.assertEqual(segment.action_open_members()["res_model"], "crm.lead")

    def test_model_stays_once_there_are_members(self):
        self._people(1)
        segment = self._segment()
        with self.assertRaisesRegex(ValidationError, "has members, or had some"):
            segment.model = "crm.lead"
        empty = self._segment([("city", "=", "Nowhere")])
        empty.model = "crm.lead"

    def test_frozen_list_of_a_filter(self):
        people = self._people(2)
        segment = self._segment()
        segment.kind = "static"
        people.city = "Moved"
        segment._refresh()
        self.assertEqual(self.members(segment), people)

    def test_members_are_opened_as_they_are_counted(self):
        people = self._people(2)
        segment = self._segment()
        people[0].active = False
        action = segment.action_open_members()
        found = self.env["res.partner"].with_context(**action["context"]).search(action["domain"])
        self.assertEqual(len(found), segment.member_count)

    def test_bad_filters_are_refused_in_the_words_of_the_user(self):
        for domain, words in (
            ("[('gone', '=', 1)]", "“gone”, which does not exist"),
            ("[('parent_id.gone', '=', 1)]", "“gone”, which does not exist"),
            ("[('child_ids', 'any', [('gone', '=', 1)])]", "“gone”, which does not exist"),
            ("[('id', '=', uid)]", "cannot be used"),
            ("not a domain", "cannot be used"),
            ("[(", "cannot be used"),
            ("[('id', '>', 'many')]", "cannot be used"),
            ("[('name', 'resembles', 'x')]", "cannot be used"),
            ("[('create_date', '>', 'some day')]", "cannot be used"),
        ):
            with self.subTest(domain), self.assertRaisesRegex(ValidationError, words):
                self._segment().domain = domain

    def test_filter_of_the_editor_with_relative_dates(self):
        self._people(1)
        segment = self._segment([*self.here, ("create_date", ">=", "today -7d")])
        self.assertEqual(segment.member_count, 1)

    def test_copy(self):
        self._people(2)
        dynamic, static = self._segment(), self._segment(kind="static")
        static._add(self.here)
        copies = (dynamic | static).with_user(self.manager).copy()
        self.assertEqual(copies.mapped("member_count"), [2, 2])
        self.assertEqual(copies.mapped("name"), ["Segment (copy)"] * 2)
        self.assertEqual(copies.user_id, self.manager)

    def test_segment_in_use_is_not_deleted(self):
        used = self._segment()
        user = self._segment([("crm_segment_ids", "in", used.ids)], name="User of it")
        with self.assertRaisesRegex(UserError, "User of it"):
            used.unlink()
        (used | user).unlink()

    def test_form(self):
        form = Form(self.segments)
        form.name = "By hand"
        form.kind = "static"
        segment = form.save()
        self.assertEqual((segment.model, segment.member_count), ("res.partner", 0))

    def test_from_domain(self):
        people = self._people(2)
        segment = self.segments._from_domain("Chosen", "res.partner", self.here)
        self.assertEqual((segment.kind, self.members(segment)), ("dynamic", people))
        again = self.segments._from_domain("Chosen again", "res.partner", self.here)
        self.assertEqual(again, segment)
        other = self.segments._from_domain("In", "res.partner", self.here, self.env.company)
        self.assertEqual((other.company_id, other.member_count), (self.env.company, 2))


@tagged("post_install", "-at_install")
class TestSegmentRights(SegmentCase):
    def test_filter_finds_what_its_owner_may_see(self):
        mine = self._lead(city=self.town, user_id=self.marketing.id)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self._lead(city=self.town, company_id=company.id, user_id=False, team_id=False)
        self.assertEqual(self.members(self._segment(model="crm.lead")), mine)

    def test_filter_on_what_the_owner_may_not_see(self):
        with self.assertRaisesRegex(ValidationError, "Marketing may not see"):
            self._segment([("signup_type", "!=", False)])

    def test_nobody_gets_the_rights_of_somebody_else(self):
        admin = self.env.ref("base.user_admin")
        with self.assertRaises(AccessError):
            self._segment(user_id=admin.id)
        segment = self._segment()
        with self.assertRaises(AccessError):
            segment.user_id = admin
        segment.with_user(self.manager).user_id = self.manager
        self.assertEqual(segment.user_id, self.manager)

    def test_a_filter_does_not_keep_the_rights_of_its_owner(self):
        admin = self.env.ref("base.user_admin")
        segment = self._segment().sudo().create({"name": "Shared", "user_id": admin.id})
        mine = segment.with_user(self.marketing)
        mine.write({"user_id": admin.id, "name": "Same owner"})
        self.assertEqual(segment.user_id, admin)
        mine.write({"user_id": admin.id, "domain": "[('name', '=', 'Somebody')]"})
        self.assertEqual(segment.user_id, self.marketing)

    def test_who_changes_the_filter_becomes_the_owner(self):
        segment = self._segment()
        segment.with_user(self.manager).domain = "[]"
        self.assertEqual(segment.user_id, self.manager)
        segment.with_user(self.marketing).name = "Another name"
        self.assertEqual(segment.user_id, self.manager)

    def test_marketers_change_their_own_and_the_shared_ones(self):
        other = mail_new_test_user(
            self.env, login="marketing_2", groups="crm_lifecycle.group_lifecycle_user"
        )
        shared, private = self._segment(), self._segment(shared=False)
        shared.with_user(other).name = "Changed"
        with self.assertRaises(AccessError):
            private.with_user(other).name = "Changed"
        with self.assertRaises(AccessError):
            private.with_user(other).unlink()
        private.with_user(self.manager).name = "Changed"

    def test_salespeople_read_and_see_their_own_members(self):
        mine = self._lead(city=self.town, user_id=self.salesman.id)
        self._lead(city=self.town, user_id=self.colleague.id)
        segment = self._segment(model="crm.lead")
        seen = segment.with_user(self.salesman)
        self.assertEqual(seen.member_count, 2)
        action = seen.action_open_members()
        found = self.env["crm.lead"].with_user(self.salesman).search(action["domain"])
        self.assertEqual(found, mine)
        self.assertEqual(found.crm_segment_ids, segment)
        for write in (
            lambda: seen.write({"name": "No"}),
            seen.action_refresh,
            seen.unlink,
            seen.copy,
            lambda: seen._add([]),
        ):
            with self.assertRaises(AccessError):
                write()

    def test_employee_has_no_segments(self):
        segment = self._segment()
        with self.assertRaises(AccessError):
            segment.with_user(self.employee).read(["name"])
        with self.assertRaises(AccessError):
            self._contact().with_user(self.employee).read(["crm_segment_ids"])

    def test_two_companies(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self._people(1, company_id=company.id)
        shared = self._people(1)
        self.marketing.company_ids |= company
        segment = self._segment(company_id=company.id)
        everywhere = self._segment()
        here = self._segment(company_id=self.env.company.id)
        self.assertEqual(self.members(segment), (theirs | shared).sorted("complete_name"))
        self.assertEqual(everywhere.member_count, 2)
        self.assertEqual(self.members(here), shared)
        salesman = segment.with_user(self.salesman)
        with self.assertRaises(AccessError):
            salesman.read(["member_count"])
        person = shared.with_user(self.salesman)
        self.assertEqual(person.crm_segment_ids, everywhere | here)
        self.assertFalse(person.search([("crm_segment_ids", "in", segment.ids)]))
        rows = self.env["crm.segment.member"].with_user(self.salesman)
        self.assertFalse(rows.search([("segment_id", "=", segment.id)]))

    def test_not_in_a_segment_that_the_owner_may_not_see_any_more(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.marketing.company_ids |= company
        self._people(2)
        inner = self._segment([("name", "=", "Person 1")], company_id=company.id)
        segment = self._segment([*self.here, ("crm_segment_ids", "not in", inner.ids)])
        self.assertEqual(segment.member_count, 1)
        self.marketing.company_ids -= company
        segment.sudo()._refresh()
        self.assertEqual(segment.member_count, 1, "nobody came in")
        self.assertIn("may not see", segment.error)

    def test_filter_of_another_company_of_the_owner(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(ValidationError):
            self._segment(company_id=company.id)


@tagged("post_install", "-at_install")
class TestSegmentFigures(SegmentCase):
    def test_growth_and_trend(self):
        people = self._people(4)
        with freeze_time("2026-03-01 10:00:00"):
            segment = self._segment([*self.here, ("active", "=", True)])
            self.assertEqual(segment.trend_text, "4 new in 30 days")
        people[:2].city = "Moved"
        with freeze_time("2026-03-20 10:00:00"):
            segment._refresh()
        self._people(1)
        with freeze_time("2026-04-25 10:00:00"):
            segment._refresh()
            segment.invalidate_recordset()
            self.assertEqual((segment.trend, segment.member_count), (1, 3))
            self.assertEqual(segment.trend_text, "1 more than 30 days ago (+50 %)")
            graph = json.loads(segment.growth_graph)[0]["values"]
        self.assertEqual([point["y"] for point in graph], [4] * 19 + [2] * 36 + [3])
        with freeze_time("2026-04-26 10:00:00"):
            people.city = "Moved"
            segment._refresh()
            segment.invalidate_recordset()
            self.assertEqual(segment.trend_text, "1 fewer than 30 days ago (-50 %)")

    def test_figures_of_an_empty_segment(self):
        segment = self._segment([("city", "=", "Nowhere")])
        self.assertEqual(segment.trend_text, "as many as 30 days ago")
        self.assertFalse(segment.growth_graph, "a graph of one day says nothing")
        self.assertFalse(segment.refresh_date)

    def test_checked_by_the_night(self):
        self._people(1)
        segment = self._segment()
        night = datetime.now().replace(microsecond=0) + timedelta(hours=1)
        self.env.ref("crm_lifecycle.ir_cron_segments").lastcall = night
        self.assertEqual(segment.checked_date, night)
        segment.sudo().error = "Broken"
        self.assertEqual(segment.checked_date, segment.refresh_date)

    def test_as_many_queries_for_many_segments(self):
        self._people(2)
        few, many = self._segment(), self.segments
        for number in range(10):
            many |= self._segment(name=f"Segment {number}")
        names = ["member_count", "trend_text", "growth_graph", "mailing_count", "checked_date"]
        (few | many).read(names)
        counts = []
        for segments in (few, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            segments.read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_export_asks_odoo_for_the_members(self):
        self._people(1)
        segment = self._segment()
        self.env.ref("base.group_allow_export").user_ids |= self.marketing
        data = segment.action_export()["params"]
        self.assertEqual(data["domain"], [("crm_segment_ids", "in", segment.ids)])
        self.assertIn("email", [column["name"] for column in data["fields"]])
        self.env.ref("base.group_allow_export").user_ids -= self.marketing
        with self.assertRaises(UserError):
            segment.action_export()
