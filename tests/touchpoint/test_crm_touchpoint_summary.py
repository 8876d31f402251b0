import random
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...models.touchpoint import events
from .common import TouchpointCase


@tagged("post_install", "-at_install")
class TestCrmTouchpointSummary(TouchpointCase):
    """First and last contact of contacts and leads, as if they were columns."""

    def test_first_last_and_answer(self):
        self._trace(self.person, open_datetime=self.after(days=3), sent_datetime=self.after(days=2))
        self._logged(self.person, "advertising", "clicked", self.noon)
        self.touchpoints._harvest()
        self.env.invalidate_all()
        self.assertEqual(self.person.first_touch_id.event, "clicked")
        self.assertEqual(self.person.first_touch_channel_id.code, "advertising")
        # an opening is no contact
        self.assertEqual(self.person.last_touch_id.event, "sent")
        self.assertEqual(self.person.last_touch_date, self.after(days=2))
        self.assertEqual(self.person.last_inbound_date, self.noon)
        days = (fields.Datetime.now() - self.noon).days
        self.assertEqual(self.person.last_inbound_days, days)

    def test_sort_group_and_search_like_columns(self):
        people = [self._contact(name=f"P{n}") for n in range(4)]
        for number, person in enumerate(people[:3]):
            channel = "phone" if number else "social"
            event = "called" if number else "visited"
            self._logged(person, channel, event, self.after(days=number))
        partners = self.env["res.partner"]
        ours = [("id", "in", [person.id for person in people])]
        found = partners.search(
            [*ours, ("last_touch_date", "!=", False)], order="last_touch_date desc"
        )
        self.assertEqual(list(found), people[2::-1])
        groups = partners._read_group(ours, ["last_touch_channel_id"], ["__count"])
        self.assertEqual({c.code or "": n for c, n in groups}, {"phone": 2, "social": 1, "": 1})
        self.assertEqual(
            partners.search([*ours, ("last_touch_channel_id", "ilike", "social")]), people[0]
        )
        self.assertEqual(partners.search([*ours, ("last_touch_id", "=", False)]), people[3])
        self.assertEqual(partners.search([*ours, ("last_inbound_date", "!=", False)]), people[0])
        self.assertEqual(partners.search([*ours, ("last_inbound_days", ">=", 1)]), people[0])
        self.assertEqual(
            partners.search([*ours, ("first_touch_channel_id", "not in", partners.browse().ids)]),
            partners.browse([person.id for person in people]),
        )

    def test_lead_has_the_contacts_of_its_person_too(self):
        self._call(self.person, self.noon)
        lead, other = (self._lead(partner_id=self.person.id) for _ in range(2))
        self._call(lead, self.after(days=1))
        self._call(other, self.after(days=2))
        self.env.invalidate_all()
        self.assertEqual(lead.first_touch_date, self.noon)
        self.assertEqual(lead.last_touch_date, self.after(days=1))
        self.assertEqual(self.person.last_touch_date, self.after(days=2))

    def test_lead_that_gets_its_contact_keeps_its_history(self):
        lead = self._lead(email_from="ada@example.com")
        self._trace(lead)
        self.touchpoints._harvest()
        self.assertFalse(self.of(lead).partner_id)
        lead.partner_id = self.person
        self.env.invalidate_all()
        self.assertEqual(self.of(lead).partner_id, self.person)
        self.assertEqual(self.person.first_touch_date, self.noon)
        other = self._contact(name="Other")
        lead.partner_id = other
        self.env.invalidate_all()
        self.assertEqual(self.of(lead).partner_id, other)
        self.assertFalse(self.person.first_touch_date)

    def test_merge_of_contacts_keeps_everything(self):
        twin = self._contact(name="Ada twin", email="ada2@example.com")
        lead = self._lead(partner_id=twin.id)
        self._call(self.person, self.noon)
        self._call(twin, self.after(days=1))
        trace = self._trace(twin, sent_datetime=self.after(days=2))
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.person | twin).ids, self.person
        )
        self.touchpoints._harvest()
        self.env.invalidate_all()
        self.assertEqual(self.events_of(self.person), ["called", "called", "sent"])
        self.assertEqual(self.person.last_touch_date, self.after(days=2))
        self.assertEqual(trace.res_id, self.person.id)
        self.assertEqual(lead.first_touch_date, self.noon)
        self.assertFalse(self.env["crm.touchpoint.summary"].search([("partner_id", "=", twin.id)]))
        # what happens with the old mail later finds its person
        trace.open_datetime = self.after(days=3)
        self.touchpoints._harvest()
        self.assertIn("opened", self.events_of(self.person))

    def test_merge_of_leads_keeps_everything(self):
        leads = self._lead(email_from="bob@example.com") | self._lead(email_from="bob@example.com")
        for number, lead in enumerate(leads):
            self._call(lead, self.after(days=number))
        self._trace(leads[1], sent_datetime=self.after(days=5))
        merged = leads.merge_opportunity()
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(merged), ["called", "called", "sent"])
        self.assertEqual(merged.first_touch_date, self.noon)
        self.assertEqual(merged.last_touch_date, self.after(days=5))

    def test_deleted_person_takes_along_only_what_is_its_own(self):
        lead = self._lead(partner_id=self.person.id)
        self._call(lead, self.noon)
        self._call(self.person, self.after(days=1))
        ids = self.touchpoints.search([("partner_id", "=", self.person.id)]).ids
        lead.unlink()
        self.env.invalidate_all()
        self.assertEqual(self.events_of(self.person), ["called", "called"])
        self.person.unlink()
        self.assertFalse(self.touchpoints.browse(ids).exists())

    def test_summary_equals_a_recount_on_random_contacts(self):
        draw = random.Random(6)
        people = [self._contact(name=f"P{n}") for n in range(6)]
        leads = [
            self._lead(partner_id=draw.choice([False, draw.choice(people).id])) for _ in range(8)
        ]
        for _ in range(5):
            for _ in range(30):
                event = draw.choice([name for name, _label in events.EVENTS])
                direction = draw.choice(["inbound", "outbound"])
                date = self.after(hours=draw.randrange(2000))
                who = draw.choice([*people, *leads])
                self._logged(who, "other", event, date, direction=direction)
            draw.choice(leads).partner_id = draw.choice(people)
            self._assert_recounted([*people, *leads])

    def _assert_recounted(self, records):
        self.env.invalidate_all()
        for record in records:
            rows = self.touchpoints.search(record._touchpoint_domain(), order="date, id")
            touches = [row for row in rows if events.is_touch(row.event)]
            answers = [row for row in rows if events.is_response(row.event, row.direction)]
            self.assertEqual(record.first_touch_id.id, touches[0].id if touches else False)
            self.assertEqual(record.last_touch_id.id, touches[-1].id if touches else False)
            self.assertEqual(record.last_inbound_date, answers[-1].date if answers else False)

    def test_line_of_the_form_costs_one_query(self):
        people = self.env["res.partner"].concat(*(self._contact(name=f"P{n}") for n in range(20)))
        for person in people:
            self._call(person, self.noon)
        people._summary_rows()
        for records in (people[:1], people[1:]):
            with self.assertQueryCount(1):
                rows = records._summary_rows()
            parts = [records.browse(key)._summary_parts(row) for key, row in rows.items()]
            self.assertEqual({part["touch"]["event"] for part in parts}, {"Called"})

    def test_channels_of_a_move(self):
        now = fields.Datetime.now()
        lead = self._lead(lifecycle_stage_id=self.suspect.id)
        self._logged(lead, "advertising", "clicked", now - timedelta(days=3))
        lead.lifecycle_stage_id = self.prospect
        move = self.moves(lead)[-1]
        self.assertEqual(move.first_touch_channel_id.code, "advertising")
        self.assertEqual(move.last_touch_channel_id.code, "advertising")
        # what is known later completes the move
        self._logged(lead, "phone", "called", now - timedelta(days=1))
        self._logged(lead, "social", "visited", now - timedelta(days=9))
        self.env.invalidate_all()
        self.assertEqual(move.first_touch_channel_id.code, "social")
        self.assertEqual(move.last_touch_channel_id.code, "phone")

    def test_new_lead_of_a_known_contact_has_its_first_channel(self):
        self._logged(self.person, "social", "visited", self.noon)
        lead = self._lead(partner_id=self.person.id)
        self.assertEqual(self.moves(lead).first_touch_channel_id.code, "social")

    def test_creating_leads_costs_no_query_more_per_lead(self):
        def queries(number):
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            self.env["crm.lifecycle.transition"]._append_entries(
                self.env["crm.lead"].concat(*self._leads[:number]), "import"
            )
            return self.env.cr.sql_log_count - start

        self._leads = [self._lead(partner_id=self.person.id) for _ in range(20)]
        self.assertEqual(queries(1), queries(20))
