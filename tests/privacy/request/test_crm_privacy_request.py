from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RequestCase


@tagged("post_install", "-at_install")
class TestCrmPrivacyRequest(RequestCase):
    """From receipt to answer: the steps, and who may take them."""

    def test_number_of_the_year(self):
        first, second = self._request(), self._request()
        self.assertRegex(first.name, r"^DEM/\d{4}/\d{4}$")
        self.assertEqual(int(second.name[-4:]), int(first.name[-4:]) + 1)

    def test_way_of_a_request(self):
        request = self._verified(type="restriction")
        self.assertEqual((request.state, request.verified_by), ("verified", "officer"))
        request.action_approve()
        self.assertEqual(request.approved_by_id, self.officer)
        request.action_run()
        self.assertEqual(request.state, "done")
        self.assertTrue(request.closed_at)

    def test_identity_needs_a_word_how_it_was_checked(self):
        request = self._request(verification_note=False)
        with self.assertRaisesRegex(UserError, "how the identity was checked"):
            request.action_verify()
        self.assertEqual(request.state, "new")

    def test_records_are_confirmed_before_the_answer_is_decided(self):
        request = self._request()
        request.action_verify()
        with self.assertRaisesRegex(UserError, "which records are this person"):
            request.action_approve()
        request.action_confirm_identity()
        request.action_approve()
        self.assertEqual(request.state, "approved")

    def test_access_of_somebody_unknown_can_be_answered(self):
        request = self._request(partner_id=False, email="nobody@unknown.example")
        request.action_verify()
        request.action_approve()
        self.assertEqual(request.state, "approved")

    def test_steps_cannot_be_skipped(self):
        request = self._request()
        for step in (request.action_approve, request.action_run):
            with self.assertRaisesRegex(UserError, "this step is for"):
                step()
        request._refuse_because("Not a person")
        for step in (request.action_verify, request.action_refuse, request.action_run):
            with self.assertRaises(UserError):
                step()

    def test_steps_cannot_be_written(self):
        request = self._request()
        for values in (
            {"state": "done"},
            {"verified_at": "2026-01-01 00:00:00"},
            {"extended_at": "2026-01-01 00:00:00"},
            {"approved_by_id": self.officer.id},
            {"name": "DEM/1"},
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                request.write(values)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._request(state="approved")

    def test_a_second_run_changes_nothing(self):
        request = self._verified(type="objection")
        request.action_approve()
        request.action_run()
        with self.assertRaises(UserError):
            request.action_run()

    def test_refusal_has_reasons_and_tells_them(self):
        request = self._request()
        action = request.action_refuse()
        self.assertEqual(action["res_model"], "crm.privacy.request.answer")
        with self.assertRaisesRegex(UserError, "reasons"):
            request._refuse_because("  ")
        request._refuse_because("We hold no data of you.")
        self.assertEqual(request.state, "refused")
        body = self._mails(request)[-1].body_html
        self.assertIn("We hold no data of you.", body)
        self.assertIn("CNIL", body)

    def test_nobody_deletes_a_request(self):
        with self.assertRaises(AccessError):
            self._request().unlink()

    def test_others_see_nothing(self):
        request = self._request()
        for user in (self.marketing, self.manager, self.salesman, self.employee):
            requests = self.env["crm.privacy.request"].with_user(user)
            with self.assertRaises(AccessError):
                requests.search([])
            with self.assertRaises(AccessError):
                requests.create({"type": "access"})
            with self.assertRaises(AccessError):
                request.with_user(user).read(["email"])

    def test_officer_sees_own_companies(self):
        request = self._request()
        foreign = request.sudo().copy({"company_id": self.other_company.id, "email": "x@y.example"})
        seen = self.env["crm.privacy.request"].with_user(self.officer).search([])
        self.assertIn(request, seen)
        self.assertNotIn(foreign, seen)
        with self.assertRaises(AccessError):
            foreign.with_user(self.officer)._refuse_because("Nobody")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._request(company_id=self.other_company.id)

    def test_statistics_of_own_companies_without_names(self):
        done = self._verified(type="restriction")
        done.action_approve()
        done.action_run()
        done.sudo().write(
            {"received_at": "2026-01-01 08:00:00", "closed_at": "2026-03-01 08:00:00"}
        )
        self._request().sudo().write({"received_at": "2026-01-01 08:00:00"})
        report = self.env["crm.privacy.request.report"].with_user(self.officer)
        rows = report._read_group(
            [("received_at", "<", "2026-01-02")], [], ["nbr:sum", "late_rate:avg", "days:avg"]
        )
        self.assertEqual(rows, [(2, 100.0, 59.0)])
        self.assertFalse({"partner_id", "email", "details"} & set(report._fields))

    def test_register_names_nobody(self):
        request = self._request(details="I live in rue du Canari")
        content = self.env["crm.privacy.request"].with_user(self.officer)._register_csv()
        self.assertIn(request.name, content)
        for secret in ("zoe@", "Quenneville", "Canari"):
            self.assertNotIn(secret, content)

    def test_register_prints(self):
        report = self.env["ir.actions.report"].with_user(self.officer)
        html, _kind = report._render_qweb_html(
            "crm_lifecycle.crm_privacy_request_register", self._request().ids
        )
        self.assertIn(b"Register of the Requests", html)
        self.assertNotIn(b"Quenneville", html)

    def test_unconfirmed_requests_are_deleted_after_a_week(self):
        receive = self.env["crm.privacy.request"]._receive
        stale = receive({"type": "access", "email": "a@unconfirmed.example"})
        fresh = receive({"type": "access", "email": "b@unconfirmed.example"})
        confirmed = receive({"type": "access", "email": "c@unconfirmed.example"}, confirmed=True)
        by_hand = self._request()
        old = "2026-01-01 08:00:00"
        (stale | confirmed | by_hand.sudo()).write({"received_at": old})
        mails = self._mails(stale)
        self.assertTrue(mails)
        self.env["crm.privacy.request"]._gc_unverified()
        self.assertFalse(stale.exists())
        self.assertFalse(mails.exists())
        self.assertTrue(fresh.exists() and confirmed.exists() and by_hand.exists())

    def test_deletion_costs_the_same_for_many(self):
        def purge(count):
            requests = self.env["crm.privacy.request"].sudo()
            values = {"type": "access", "source": "form", "received_at": "2026-01-01 08:00:00"}
            requests.create([{**values, "email": f"p{n}@x.example"} for n in range(count)])
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            requests._gc_unverified()
            self.env.flush_all()
            return self.cr.sql_log_count - start

        purge(2)
        self.assertEqual(purge(3), purge(60))

    def test_a_page_of_requests_costs_the_same_for_many(self):
        spec = {
            name: {}
            for name in (
                "name",
                "type",
                "deadline_text",
                "urgency",
                "elapsed",
                "state",
                "may_extend",
            )
        }

        def cost(count):
            requests = self.env["crm.privacy.request"].sudo()
            values = {"type": "access", "user_id": self.officer.id}
            made = requests.create([{**values, "email": f"p{n}@x.example"} for n in range(count)])
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            made.with_user(self.officer).web_read(spec)
            return self.cr.sql_log_count - start

        cost(1)
        self.assertEqual(cost(1), cost(100))
