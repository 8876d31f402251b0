from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import SegmentCase


@tagged("post_install", "-at_install")
class TestPick(SegmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls._people(5)
        cls.segment = cls._segment(kind="static", name="Guests")

    def pick(self, records, user=None, **context):
        model = self.env["crm.segment.pick"].with_user(user or self.marketing)
        return model.with_context(active_model=records._name, active_ids=records.ids, **context)

    def test_add_and_remove(self):
        form = Form(self.pick(self.people[:3]))
        self.assertEqual(form.selected_count, 3)
        form.segment_id = self.segment
        self.assertEqual(form.inside_count, 0)
        message = form.save().action_apply()["params"]["message"]
        self.assertIn("3 added", message)
        self.assertEqual(self.members(self.segment), self.people[:3])
        self.assertEqual(self.segment.member_count, 3)
        context = {"crm_segment_id": self.segment.id, "default_operation": "remove"}
        form = Form(self.pick(self.people[2:], **context))
        self.assertEqual((form.segment_id, form.inside_count), (self.segment, 1))
        self.assertIn("1 removed", form.save().action_apply()["params"]["message"])
        self.assertEqual(self.rows(self.segment).count((self.people[2], False)), 1)
        self.assertEqual(self.segment.member_count, 2)

    def test_adding_twice_adds_once(self):
        for count in (5, 0):
            pick = self.pick(self.people).create({"segment_id": self.segment.id})
            self.assertIn(f"{count} added", pick.action_apply()["params"]["message"])
        self.assertEqual(len(self.rows(self.segment)), 5)

    def test_all_pages_of_a_list(self):
        archived = self._people(1, active=False)
        pick = self.pick(self.people[:2], active_domain=self.here).create(
            {"segment_id": self.segment.id}
        )
        self.assertEqual(pick.selected_count, 2, "Odoo sends the domain of the list anyway")
        self.env["ir.config_parameter"].set_param("web.active_ids_limit", 2)
        pick.invalidate_recordset()
        self.assertEqual(pick.selected_count, 5)
        pick.action_apply()
        self.assertEqual(self.members(self.segment), self.people)
        self.assertNotIn(archived, self.members(self.segment))

    def test_new_segment_by_typing_its_name(self):
        pick = self.pick(self.people)
        segment_id, _name = self.segments.with_context(
            default_kind="static", default_model="res.partner"
        ).name_create("New guests")
        pick.create({"segment_id": segment_id}).action_apply()
        segment = self.segments.browse(segment_id)
        self.assertEqual((segment.kind, segment.member_count), ("static", 5))

    def test_leads(self):
        leads = self._lead() | self._lead(name="Other")
        segment = self._segment(kind="static", model="crm.lead")
        self.pick(leads).create({"segment_id": segment.id}).action_apply()
        self.assertEqual(self.members(segment), leads)
        with self.assertRaisesRegex(UserError, "other records"):
            self.pick(self.people).create({"segment_id": segment.id}).action_apply()

    def test_members_of_a_filter_are_not_picked(self):
        dynamic = self._segment()
        with self.assertRaisesRegex(UserError, "follow from its filter"):
            self.pick(self.people).create({"segment_id": dynamic.id}).action_apply()

    def test_salespeople_pick_nobody(self):
        with self.assertRaises(AccessError):
            self.pick(self.people, self.salesman).create({"segment_id": self.segment.id})

    def test_nobody_is_selected(self):
        with self.assertRaises(UserError):
            Form(self.env["crm.segment.pick"].with_user(self.marketing))

    def test_as_many_queries_for_many_records(self):
        counts = []
        for number in (1, 1, 100):
            people = self._people(number)
            pick = self.pick(people).create({"segment_id": self.segment.id})
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            pick.action_apply()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])
