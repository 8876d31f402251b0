from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from .common import TouchpointCase


@tagged("post_install", "-at_install")
class TestCrmTouchpoint(TouchpointCase):
    """What users and programs do with the contacts of persons."""

    def test_rows_are_only_added(self):
        touchpoint = self._call(self.person, self.noon)
        for user in (self.env.user, self.manager, self.salesman):
            with self.assertRaises(UserError), self.cr.savepoint():
                touchpoint.with_user(user).write({"event": "met"})
            with self.assertRaises(UserError), self.cr.savepoint():
                touchpoint.with_user(user).unlink()
        with self.assertRaises(AccessError):
            self.touchpoints.with_user(self.manager).create(
                {"partner_id": self.person.id, "event": "met", "direction": "inbound"}
            )

    def test_who_sees_what(self):
        company = self.env["res.company"].create({"name": "Other"})
        rows = {
            "contact": self._call(self.person, self.noon),
            "own": self._call(self._lead(user_id=self.salesman.id), self.noon),
            "nobodys": self._call(self._lead(user_id=False), self.noon),
            "colleague's": self._call(self._lead(user_id=self.colleague.id), self.noon),
            "other company's": self._call(
                self._lead(company_id=company.id, user_id=False), self.noon
            ),
        }
        visible = {
            "salesman": {"contact", "own", "nobodys"},
            "colleague": {"contact", "nobodys", "colleague's"},
            "marketing": {"contact", "own", "nobodys", "colleague's"},
            "manager": {"contact", "own", "nobodys", "colleague's"},
        }
        for login, names in visible.items():
            user = getattr(self, login)
            found = {
                name
                for name, row in rows.items()
                if self.touchpoints.with_user(user).search([("id", "=", row.id)])
            }
            self.assertEqual(found, names, login)
        with self.assertRaises(AccessError):
            self.touchpoints.with_user(self.employee).search([("id", "in", [1])])
        member = self.marketing
        member.company_ids |= company
        seen = self.touchpoints.with_user(member).with_context(allowed_company_ids=[company.id])
        self.assertTrue(seen.search([("id", "=", rows["other company's"].id)]))

    def test_bad_input_is_refused_with_a_reason_and_nothing_is_logged(self):
        good = {"channel": "phone", "event": "called", "partner_id": self.person.id}
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        for values, words in (
            ({"channel": "pigeon"}, "Known are: advertising, chat"),
            ({"channel": None}, "no channel"),
            ({"event": "flown"}, "no event"),
            ({"direction": "up"}, "inbound or outbound"),
            ({"date": "yesterday"}, "no date"),
            ({"date": tomorrow}, "in the future"),
            ({"partner_id": None}, "with whom"),
            ({"partner_id": 2**30}, "no Contact with the number"),
            ({"partner_id": None, "lead_id": 2**30}, "no Lead with the number"),
            ({"partner_id": None, "email": "nobody@example.com"}, "Nobody has the address"),
            ({"campaign_id": 2**30}, "with the number"),
        ):
            with self.subTest(values=values), self.assertRaises(UserError) as caught:
                self.touchpoints._log([good, {**good, **values}])
            self.assertIn(words, str(caught.exception).replace("Lead/Opportunity", "Lead"))
        self.assertEqual(self.events_of(self.person), [])

    def test_same_key_is_logged_once(self):
        contact = {
            "channel": "phone",
            "event": "called",
            "partner_id": self.person.id,
            "key": "pbx-1",
        }
        first = self.touchpoints._log(contact)
        again = self.touchpoints._log([{**contact, "key": "pbx-2"}, contact, contact])
        self.assertEqual(again[1:], first | first)
        self.assertEqual(len(self.of(self.person)), 2)

    def test_log_by_address_finds_contact_and_lead(self):
        lead = self._lead(email_from="Ada <ADA@example.com>")
        row = self.touchpoints._log(
            {"channel": "social", "event": "visited", "email": "ada@EXAMPLE.com "}
        )
        self.assertEqual((row.partner_id, row.lead_id), (self.person, lead))
        self.assertEqual(row.direction, "inbound")
        self.assertEqual(row.user_id, self.env.user)

    def test_rights_of_logging(self):
        foreign = self._lead(user_id=self.colleague.id)
        contact = {"channel": "phone", "event": "called"}
        log = self.touchpoints.with_user(self.salesman)._log
        self.assertTrue(log({**contact, "partner_id": self.person.id}))
        with self.assertRaises(AccessError):
            log({**contact, "lead_id": foreign.id})
        with self.assertRaises(AccessError):
            self.touchpoints.with_user(self.employee)._log(
                {**contact, "partner_id": self.person.id}
            )

    def test_log_by_hand(self):
        lead = self._lead(user_id=self.salesman.id, partner_id=self.person.id)
        action = lead.with_user(self.salesman).action_log_touchpoint()
        entries = self.env[action["res_model"]].with_user(self.salesman)
        form = Form(entries.with_context(**action["context"]))
        self.assertEqual((form.event, form.direction), ("called", "outbound"))
        form.event = "met"
        self.assertEqual(form.direction, "outbound")
        form.event = "visited"
        self.assertEqual(form.direction, "inbound")
        form.save().action_log()
        row = self.of(lead)
        self.assertEqual((row.event, row.partner_id), ("visited", self.person))
        self.assertEqual(row.user_id, self.salesman)

    # ------------------------------------------------------------
    # Timeline
    # ------------------------------------------------------------

    def test_timeline_pages_without_holes(self):
        for number in range(25):
            # many in the same second
            self._call(self.person, self.after(hours=number // 4))
        seen, place = [], None
        while place or not seen:
            page = self.person.get_touchpoint_timeline(before=place, limit=7)
            seen += [item["id"] for item in page["items"]]
            place = page["next"]
        expected = self.touchpoints.search([("partner_id", "=", self.person.id)])
        self.assertEqual(seen, expected.ids)

    def test_timeline_filters_channels_and_hides_bots(self):
        self._call(self.person, self.noon)
        self._trace(self.person, open_datetime=self.after(seconds=1))
        self.touchpoints._harvest()
        page = self.person.get_touchpoint_timeline()
        self.assertEqual({item["event"] for item in page["items"]}, {"Called", "Sent"})
        self.assertEqual(page["bots"], 1)
        self.assertEqual(
            {c["name"]: c["count"] for c in page["channels"]}, {"Phone": 1, "Mailing": 1}
        )
        page = self.person.get_touchpoint_timeline(bots=True)
        self.assertEqual([item["is_bot"] for item in page["items"]].count(True), 1)
        phone = self.env.ref("crm_lifecycle.touchpoint_channel_phone")
        page = self.person.get_touchpoint_timeline(channel_ids=phone.ids)
        self.assertEqual([item["event"] for item in page["items"]], ["Called"])

    def test_timeline_of_a_lead_has_what_its_contact_did(self):
        lead = self._lead(partner_id=self.person.id, user_id=self.salesman.id)
        other = self._lead(partner_id=self.person.id, user_id=self.colleague.id)
        self._call(self.person, self.noon)
        self._call(lead, self.after(days=1))
        self._call(other, self.after(days=2))
        page = lead.with_user(self.salesman).get_touchpoint_timeline()
        self.assertEqual(len(page["items"]), 2)
        with self.assertRaises(AccessError):
            other.with_user(self.salesman).get_touchpoint_timeline()

    def test_document_is_opened_or_politely_refused(self):
        self._trace(self.person)
        self.touchpoints._harvest()
        sent = self.of(self.person)
        self.assertEqual(sent.action_open_record()["res_id"], self.mailing.id)
        with self.assertRaises(UserError) as caught:
            sent.with_user(self.salesman).action_open_record()
        self.assertIn("may not see", str(caught.exception))
        page = self.person.with_user(self.salesman).get_touchpoint_timeline()
        self.assertEqual(page["items"][0]["title"], "")
        self.assertFalse(page["items"][0]["can_open"])
        self.assertTrue(self.person.get_touchpoint_timeline()["items"][0]["can_open"])
        self.mailing.unlink()
        self.env.invalidate_all()
        for call, words in ((sent, "deleted"), (self._call(self.person, self.noon), "logged by")):
            with self.assertRaises(UserError) as caught:
                call.action_open_record()
            self.assertIn(words, str(caught.exception))
        self.person.get_touchpoint_timeline()

    def test_timeline_costs_the_same_for_few_and_for_many(self):
        def queries(number):
            for _ in range(number):
                self._trace(self.person)
                self._call(self.person, self.noon)
            self.touchpoints._harvest()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.person.get_touchpoint_timeline()
            return self.env.cr.sql_log_count - start

        queries(1)
        self.assertEqual(queries(1), queries(15))


@tagged("post_install", "-at_install")
class TestTouchpointHttp(TouchpointCase, HttpCase):
    """What other programs log, over HTTP."""

    def setUp(self):
        super().setUp()
        keys = self.env["res.users.apikeys"].with_user(self.salesman)
        self.key = keys._generate("rpc", "Touchpoint test", datetime.now() + timedelta(days=1))

    def _post(self, model, method, **body):
        with mute_logger("odoo.http"):
            return self.url_open(
                f"/json/2/{model}/{method}",
                json=body,
                headers={"Authorization": f"Bearer {self.key}"},
            )

    def test_log_over_http_is_idempotent(self):
        body = {
            "channel": "phone",
            "event": "called",
            "email": "ada@example.com",
            "date": "2026-05-01 10:00:00",
            "key": "pbx-7",
        }
        first = self._post("crm.touchpoint", "log", **body)
        self.assertEqual(first.status_code, 200, first.text)
        again = self._post("crm.touchpoint", "log", **body)
        self.assertEqual(first.json()["id"], again.json()["id"])
        self.assertEqual((first.json()["created"], again.json()["created"]), (True, False))
        self.assertEqual(self.events_of(self.person), ["called"])

    def test_errors_over_http_say_what_to_do(self):
        for body, status, words in (
            ({"channel": "pigeon", "event": "called", "partner_id": self.person.id}, 422, "pigeon"),
            ({"channel": "phone", "event": "called"}, 422, "with whom"),
            ({"event": "called"}, 422, "channel"),
        ):
            response = self._post("crm.touchpoint", "log", **body)
            self.assertEqual(response.status_code, status, response.text)
            self.assertIn(words, response.text)

    def test_timeline_over_http(self):
        self._call(self.person, self.noon)
        response = self._post("res.partner", "get_touchpoint_timeline", ids=self.person.ids)
        self.assertEqual(response.json()["items"][0]["event"], "Called")
        self.assertEqual(response.json()["channels"][0]["count"], 1)

    def test_nobody_else_adds_rows_over_http(self):
        for method, body in (
            ("create", {"vals_list": [{"partner_id": self.person.id, "event": "met"}]}),
            ("_harvest", {}),
            ("_log", {"contacts": []}),
        ):
            response = self._post("crm.touchpoint", method, **body)
            self.assertGreaterEqual(response.status_code, 400)
