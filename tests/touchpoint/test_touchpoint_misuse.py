from datetime import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.mail.tests.common import mail_new_test_user

from ...models.touchpoint import crm_touchpoint_log_values as log_values
from .common import TouchpointCase


@tagged("post_install", "-at_install")
class TestTouchpointMisuse(TouchpointCase):
    """What other programs send by mistake, and what users must not find out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = mail_new_test_user(cls.env, login="touch_portal", groups="base.group_portal")

    def _log(self, **values):
        contact = {"channel": "phone", "event": "called", "partner_id": self.person.id}
        return self.touchpoints.with_user(self.salesman).log(**{**contact, **values})

    # ------------------------------------------------------------
    # The log
    # ------------------------------------------------------------

    def test_wrong_types_are_refused_with_a_reason(self):
        for values, words in (
            ({"partner_id": [1, 2]}, "no Contact with the number"),
            ({"partner_id": True}, "no Contact with the number"),
            ({"partner_id": "7"}, "no Contact with the number"),
            ({"lead_id": {"id": 1}}, "with the number"),
            ({"campaign_id": "spring"}, "with the number"),
            ({"company_id": "mine"}, "with the number"),
            ({"event": []}, "no event"),
            ({"channel": {}}, "no channel"),
            ({"direction": [0]}, "inbound or outbound"),
            ({"date": 5}, "no date"),
            ({"date": "2026"}, "no date"),
            ({"date": "0202-05-01 12:00:00"}, "no date"),
            ({"partner_id": None, "email": 5}, "Nobody has the address"),
            ({"partner_id": None, "email": "ada\0@example.com"}, "Nobody has the address"),
            ({"key": "a\0b"}, "cannot be a key"),
            ({"key": "\ud8aa"}, "cannot be a key"),
            ({"key": "k" * 201}, "cannot be a key"),
        ):
            with self.subTest(values=values), self.assertRaises(UserError) as caught:
                self._log(**values)
            self.assertIn(words, str(caught.exception))
        self.assertEqual(self.events_of(self.person), [])

    def test_message_repeats_only_the_beginning_of_a_huge_value(self):
        for name in ("event", "channel", "direction", "date", "key"):
            with self.subTest(name=name), self.assertRaises(UserError) as caught:
                self._log(**{name: "a" * 100_000})
            self.assertLess(len(str(caught.exception)), 500)

    def test_longest_key(self):
        first = self._log(key="é" * log_values.LONGEST_KEY)
        again = self._log(key="é" * log_values.LONGEST_KEY, event="met")
        self.assertEqual((first["created"], again["created"]), (True, False))
        self.assertEqual(first["id"], again["id"])
        self.assertEqual(self.events_of(self.person), ["called"])

    def test_company_must_be_ones_own(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(UserError):
            self._log(company_id=company.id)
        self.salesman.company_ids |= company
        row = self.touchpoints.browse(self._log(company_id=company.id)["id"])
        self.assertEqual(row.company_id, company)

    # ------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------

    def test_only_sales_look_for_contacts(self):
        for user in (self.portal, self.employee):
            person = self.portal.partner_id.with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                person.action_refresh_touchpoints()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                person.get_touchpoint_timeline()

    def test_past_of_a_record_goes_with_it_to_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        lead = self._lead(company_id=self.env.company.id, user_id=False, team_id=False)
        contact = self._contact(name="Moved")
        rows = self._call(lead) | self._call(contact)
        seen = self.touchpoints.with_user(self.salesman)
        self.assertEqual(seen.search([("id", "in", rows.ids)]), rows)
        lead.company_id = contact.company_id = company
        self.env.flush_all()
        self.assertFalse(seen.search([("id", "in", rows.ids)]))

    def test_source_reads_what_its_author_may_read(self):
        values = {
            "name": "Spy",
            "model": "res.users",
            "domain": "[('totp_secret', 'like', 'A')]",
            "partner_path": "partner_id",
            "channel_id": self.env.ref("crm_lifecycle.touchpoint_channel_other").id,
            "event": "visited",
        }
        sources = self.env["crm.touchpoint.source"].with_user(self.manager)
        for context in ({}, {"install_mode": True}):
            with self.assertRaises(AccessError):
                sources.with_context(**context).create(values)
        hidden = {"model": "res.users.deletion", "domain": "[]"}
        with self.assertRaises(AccessError):
            sources.create(values | hidden | {"partner_path": "user_id.partner_id"})
        self.assertTrue(sources.create(values | {"domain": "[('share', '=', False)]"}))

    # ------------------------------------------------------------
    # The timeline
    # ------------------------------------------------------------

    def test_page_is_never_empty_or_endless(self):
        contact = {"channel": "phone", "event": "called", "partner_id": self.person.id}
        self.touchpoints._log([contact] * 205)
        for limit, count in ((0, 1), (-5, 1), (7, 7), (500, 200)):
            page = self.person.get_touchpoint_timeline(limit=limit)
            self.assertEqual(len(page["items"]), count)
            self.assertTrue(page["next"])
        page = self.person.get_touchpoint_timeline(limit=500, before=page["next"])
        self.assertEqual((len(page["items"]), page["next"]), (5, None))

    def test_timeline_outlives_what_it_names(self):
        user = mail_new_test_user(self.env, login="leaver", groups="sales_team.group_sale_salesman")
        campaign = self.env["utm.campaign"].create({"name": "Gone"})
        medium = self.env["utm.medium"].create({"name": "Gone"})
        self.touchpoints.with_user(user)._log(
            {
                "channel": "phone",
                "event": "called",
                "partner_id": self.person.id,
                "campaign_id": campaign.id,
                "medium_id": medium.id,
            }
        )
        for record in (user, campaign, medium):
            record.unlink()
        row = self.of(self.person)
        self.assertFalse(row.user_id or row.campaign_id or row.medium_id)
        (item,) = self.person.with_user(self.salesman).get_touchpoint_timeline()["items"]
        self.assertEqual(item["title"], "")

    # ------------------------------------------------------------
    # Dates
    # ------------------------------------------------------------

    def _insert(self, date):
        query = SQL(
            "INSERT INTO crm_touchpoint (partner_id, date, channel_id, event, direction)"
            " SELECT %s, %s, id, 'received', 'inbound' FROM crm_touchpoint_channel"
            " WHERE code = 'email' RETURNING id",
            self.person.id,
            date,
        )
        return self.touchpoints.browse(self.env.execute_query(query)[0][0])

    def test_year_typed_wrongly_is_the_first_and_not_the_last(self):
        late = self._insert(datetime(2026, 5, 4, 12))
        wrong = self._insert(datetime(202, 5, 4, 12))
        self.person._refresh_touch_summary()
        self.assertEqual(self.person.first_touch_id, wrong)
        self.assertEqual(self.person.last_touch_id, late)
        self.assertEqual(self.person.last_inbound_date, late.date)

    def test_today_needs_not_wait_for_noon(self):
        source = self.env["crm.touchpoint.source"].create(
            {
                "name": "Wanted by",
                "model": "crm.lead",
                "domain": "[('timeline_date', '!=', False)]",
                "date_field": "timeline_date",
                "lead_path": "id",
                "channel_id": self.env.ref("crm_lifecycle.touchpoint_channel_other").id,
                "event": "submitted",
            }
        )
        leads = self._lead(timeline_date="2026-06-30") | self._lead(timeline_date="2026-06-29")
        with freeze_time("2026-06-30 08:30:00"):
            self.assertEqual(source._harvest()[source], 2)
        dates = [fields.Datetime.to_string(self.of(lead).date) for lead in leads]
        self.assertEqual(dates, ["2026-06-30 08:30:00", "2026-06-29 12:00:00"])

    def test_summary_that_names_a_lost_touchpoint_is_made_again(self):
        first, last = self._call(self.person, self.noon), self._call(self.person)
        self.env.cr.execute("DELETE FROM crm_touchpoint WHERE id = %s", [last.id])
        self.env["crm.touchpoint.summary"]._gc_of_nobody()
        self.env.invalidate_all()
        self.assertEqual(self.person.last_touch_id, first)
