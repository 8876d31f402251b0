import random
from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import email_normalize

from .common import TouchpointCase


@tagged("post_install", "-at_install")
class TestTouchpointHarvest(TouchpointCase):
    """What a harvest finds, of whom, and that it finds it once."""

    def test_each_event_of_a_mailing_is_a_contact(self):
        trace = self._trace(self.person, message_id="<x@example.com>")
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(self.person), ["sent"])
        trace.write({"open_datetime": self.after(hours=1), "trace_status": "open"})
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(self.person), ["sent", "opened"])
        trace.write({"links_click_datetime": self.after(hours=2)})
        trace.write({"reply_datetime": self.after(hours=3), "trace_status": "reply"})
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(self.person), ["sent", "opened", "clicked", "replied"])
        bounced = self._trace(self.person, trace_status="bounce", sent_datetime=False)
        self.touchpoints._harvest()
        self.assertEqual(self.of(self.person, "bounced").res_id, bounced.id)

    def test_contact_carries_campaign_medium_and_date(self):
        campaign = self.env["utm.campaign"].create({"name": "Spring"})
        self.mailing.campaign_id = campaign
        self._trace(self.person)
        self.touchpoints._harvest()
        sent = self.of(self.person, "sent")
        self.assertEqual(sent.campaign_id, campaign)
        self.assertEqual(sent.medium_id, self.mailing.medium_id)
        self.assertEqual(sent.date, self.noon)
        campaign.unlink()
        self.assertFalse(sent.campaign_id)

    def test_second_harvest_adds_nothing(self):
        self._trace(self.person)
        self.assertGreater(sum(self.touchpoints._harvest().values()), 0)
        for full in (False, True):
            sources = self.env["crm.touchpoint.source"].search([])
            self.assertEqual(sum(sources._harvest(full=full).values()), 0)

    def test_idle_harvest_asks_little(self):
        self.touchpoints._harvest()
        self.env.flush_all()
        start = self.env.cr.sql_log_count
        sources = self.touchpoints._harvest()
        self.assertLessEqual(self.env.cr.sql_log_count - start, 2 * len(sources))

    def test_harvest_costs_the_same_for_one_and_for_a_hundred(self):
        def queries(number):
            for _ in range(number):
                self._trace(self.person, open_datetime=self.after(hours=1))
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.touchpoints._harvest()
            return self.env.cr.sql_log_count - start

        queries(1)
        self.assertEqual(queries(1), queries(100))

    def test_killed_harvest_leaves_nothing_and_the_next_one_finds_all(self):
        self._trace(self.person)
        with self.assertRaises(KeyboardInterrupt), self.cr.savepoint():
            self.touchpoints._harvest()
            raise KeyboardInterrupt
        self.env.invalidate_all()
        self.assertEqual(self.events_of(self.person), [])
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(self.person), ["sent"])

    def test_mailing_contact_is_matched_by_its_address(self):
        lead = self._lead(email_from="Bob <BOB@example.com>")
        for email, who in (("ada@example.com", self.person), ("bob@example.com", lead)):
            contact = self.env["mailing.contact"].create({"email": email})
            self._trace(contact)
            self.touchpoints._harvest()
            self.assertEqual(self.events_of(who), ["sent"])
        self._trace(self.env["mailing.contact"].create({"email": "nobody@example.com"}))
        self.assertEqual(sum(self.touchpoints._harvest().values()), 0)

    def test_address_of_several_people(self):
        company = self._contact(name="Inc", is_company=True, email="shared@example.com")
        archived = self._contact(name="Gone", email="shared@example.com", active=False)
        first = self._contact(name="First", email="shared@example.com")
        second = self._contact(name="Second", email="shared@example.com")
        self._trace(self.env["mailing.contact"].create({"email": "shared@example.com"}))
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(first), ["sent"])
        for other in (company, archived, second):
            self.assertEqual(self.events_of(other), [])

    def test_somebody_who_comes_later_gets_the_past(self):
        self._trace(self.env["mailing.contact"].create({"email": "late@example.com"}))
        self.touchpoints._harvest()
        late = self._contact(name="Late", email="late@example.com")
        late.action_refresh_touchpoints()
        self.assertEqual(self.events_of(late), ["sent"])

    def test_refresh_of_one_leaves_the_others(self):
        other = self._contact(name="Eve", email="eve@example.com")
        self._trace(self.person)
        self._trace(other)
        self.assertEqual(self.person.action_refresh_touchpoints(), 1)
        self.assertEqual(self.events_of(self.person), ["sent"])
        self.assertEqual(self.events_of(other), [])
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(other), ["sent"])

    def test_trace_of_a_deleted_record_is_nobodys(self):
        lost = self._contact(name="Lost", email="lost@example.com")
        trace = self._trace(lost)
        lost.unlink()
        self.touchpoints._harvest()
        self.assertFalse(
            self.touchpoints.search([("res_id", "=", trace.id), ("event", "=", "sent")])
        )

    def test_future_is_harvested_when_it_is_past(self):
        trace = self._trace(self.person, sent_datetime=fields.Datetime.now() + timedelta(days=2))
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(self.person), [])
        trace.sent_datetime = self.noon
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(self.person), ["sent"])

    def test_harvest_equals_a_recount_on_random_traces(self):
        draw = random.Random(4)
        people = self.env["res.partner"].create(
            [
                {"name": f"P{n}", "email": f"p{n % 7}@example.com", "is_company": n % 3 == 0}
                for n in range(12)
            ]
        )
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"L{n}",
                    "email_from": f"p{n % 9}@example.com",
                    "partner_id": draw.choice([False, draw.choice(people.ids)]),
                    "active": n % 4 != 0,
                }
                for n in range(12)
            ]
        )
        contacts = self.env["mailing.contact"].create(
            [{"email": f"p{n}@example.com"} for n in range(10)]
        )
        expected = {}
        for _ in range(120):
            who = draw.choice([*people, *leads, *contacts])
            trace = self._trace(who, sent_datetime=self.after(minutes=draw.randrange(10**5)))
            whose = self._recount(who, people, leads)
            if any(whose):
                expected[trace.id] = whose
        self.touchpoints._harvest()
        source = self.env.ref("crm_lifecycle.touchpoint_source_mailing_sent")
        found = self.touchpoints.search([("source_id", "=", source.id)])
        traces = (
            self.env["mailing.trace"]
            .browse(found.mapped("res_id"))
            .filtered(lambda trace: trace.mass_mailing_id == self.mailing)
        )
        self.assertEqual(
            {t.res_id: (t.partner_id.id, t.lead_id.id) for t in found if t.res_id in traces.ids},
            expected,
        )

    def _recount(self, who, people, leads):
        """Give whose a trace is, by plain Python."""
        if who._name == "res.partner":
            return who.id, False
        if who._name == "crm.lead":
            return who.partner_id.id, who.id
        email = email_normalize(who.email)
        partners = people.filtered(lambda partner: partner.email_normalized == email)
        partner = partners.sorted(lambda one: (one.is_company, one.id))[:1]
        same = leads.filtered(lambda lead: lead.email_normalized == email)
        lead = same.sorted(lambda one: (not one.active, -one.id))[:1]
        return (partner or lead.partner_id).id, lead.id

    def test_late_row_of_a_slow_transaction_is_found(self):
        """The row with the lower id is committed after a harvest that saw a higher one."""
        source = self.env.ref("crm_lifecycle.touchpoint_source_mailing_sent")
        self.touchpoints._harvest()
        slow = self._trace(self.person)
        fast = self._trace(self.person, sent_datetime=self.after(hours=1))
        # as it is for a harvest that does not see the slow one: it knows of the fast one
        self.env.cr.execute(
            "UPDATE crm_touchpoint_source SET last_id = %s, since = %s WHERE id = %s",
            [fast.id, self.env.cr.now() - timedelta(hours=1), source.id],
        )
        self.env.invalidate_all()
        self.touchpoints._harvest()
        self.assertEqual(set(self.of(self.person).mapped("res_id")), {slow.id, fast.id})

    def test_rows_written_by_sql_without_a_date_are_found(self):
        self.touchpoints._harvest()
        self.env.cr.execute(
            "INSERT INTO mailing_trace (trace_type, model, res_id, email, sent_datetime,"
            " is_test_trace, trace_status)"
            " VALUES ('mail', 'res.partner', %s, 'x', %s, FALSE, 'sent')",
            [self.person.id, datetime(2020, 1, 1)],
        )
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(self.person), ["sent"])

    def test_night_finds_what_left_no_date(self):
        trace = self._trace(self.person, sent_datetime=False)
        self.touchpoints._harvest()
        self.env.cr.execute(
            "UPDATE mailing_trace SET sent_datetime = %s, write_date = '2020-01-01' WHERE id = %s",
            [self.noon, trace.id],
        )
        self.touchpoints._harvest()
        self.assertEqual(self.events_of(self.person), [])
        with self.enter_registry_test_mode():
            self.env.ref("crm_lifecycle.ir_cron_touchpoint_compare").method_direct_trigger()
        self.assertEqual(self.events_of(self.person), ["sent"])

    def test_cron_harvests(self):
        self._trace(self.person)
        with self.enter_registry_test_mode():
            self.env.ref("crm_lifecycle.ir_cron_touchpoint_harvest").method_direct_trigger()
        self.assertEqual(self.events_of(self.person), ["sent"])

    def test_company_of_the_contact(self):
        company = self.env["res.company"].create({"name": "Other"})
        lead = self._lead(company_id=company.id, email_from="bob@example.com")
        self._trace(lead)
        self._trace(self.person)
        self.touchpoints._harvest()
        self.assertEqual(self.of(lead).company_id, company)
        self.assertFalse(self.of(self.person).company_id)
