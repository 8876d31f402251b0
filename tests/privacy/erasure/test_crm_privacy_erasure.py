from pathlib import Path
from unittest.mock import patch

from markupsafe import Markup

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import EMAIL, NAME, PHONE, ErasureCase

OWN_TABLES = ("crm_privacy_", "ir_logging")


@tagged("post_install", "-at_install")
class TestPrivacyErasure(ErasureCase):
    def left(self, *texts):
        """Give where texts are still found, but for the request itself."""
        texts = texts or (NAME, EMAIL, PHONE, "17 rue de la Preuve", "estrées-quenneville")
        found = self.found(*texts)
        return {place for place in found if not place[0].startswith(OWN_TABLES)}

    # -- the plan --------------------------------------------------------------------------

    def test_the_plan_changes_nothing_and_says_all(self):
        before = self.rows(self.person, self.lead)
        request = self.request()
        request.action_plan()
        self.assertEqual(self.rows(self.person, self.lead), before)
        self.assertEqual(request.erasure_state, "planned")
        self.assertEqual(self.line(request, "res.partner", "email").action, "blank")
        self.assertEqual(self.line(request, "res.partner", "name").action, "constant")
        counts = ("delete", "blank", "redact", "detach", "keep", "open", "unclassified")
        total = sum(request[f"{name}_count"] for name in counts)
        self.assertEqual(total, request.place_count)
        action = self.line(request, "res.partner", "email").action_open_records()
        self.assertEqual(action["domain"], [("id", "in", self.person.ids)])

    def test_planning_twice_gives_the_same_lines(self):
        request = self.request()
        request.action_plan()
        lines = [(line.name, line.action, line.res_ids) for line in request.line_ids]
        request.action_plan()
        self.assertEqual(
            [(line.name, line.action, line.res_ids) for line in request.line_ids], lines
        )

    def test_a_second_person_approves_if_the_company_says_so(self):
        self.env.company.privacy_second_person = True
        request = self.request()
        request.action_plan()
        with self.assertRaises(UserError):
            request.action_approve()
        second = mail_new_test_user(
            self.env,
            login="lifecycle_officer_2",
            groups="crm_lifecycle.group_privacy_officer",
        )
        request.with_user(second).action_approve()
        self.assertEqual(request.approved_by_id, second)

    def test_nothing_is_erased_without_plan_and_approval(self):
        request = self.request()
        with self.assertRaises(UserError):
            request.action_approve()
        request.action_plan()
        with self.assertRaises(UserError):
            request.action_run()
        request.action_approve()
        request.action_plan()
        self.assertEqual(request.state, "verified")

    def test_a_legal_hold_prevents_it(self):
        hold = self.env["crm.privacy.hold"].create(
            {"partner_id": self.person.id, "reason": "Dispute"}
        )
        request = self.request()
        with self.assertRaises(UserError) as error:
            request.action_plan()
        self.assertIn("Dispute", str(error.exception))
        hold.active = False
        request.action_plan()
        self.assertEqual(request.erasure_state, "planned")

    def test_what_was_erased_cannot_be_refused(self):
        request = self.erased(refusal_reason="No")
        with self.assertRaises(UserError):
            request.action_refuse()

    def test_consents_stay_without_the_person(self):
        consents = self.env["crm.privacy.consent"]
        source = consents._fields["source"].get_values(self.env)[0]
        consent = consents.create(
            {
                "partner_id": self.person.id,
                "purpose_id": self.env["crm.privacy.purpose"].search([], limit=1).id,
                "channel": "email",
                "event": "granted",
                "source": source,
                "note": f"{NAME} said so",
            }
        )
        self.assertEqual(consent.email_normalized, EMAIL)
        self.erased()
        self.assertTrue(consent.exists())
        self.assertFalse(consent.email_normalized or consent.note)
        self.assertTrue(self.person.privacy_restricted)

    def test_who_is_no_officer_can_do_nothing(self):
        request = self.request()
        for user in (self.marketing, self.manager, self.salesman):
            for name in ("action_plan", "action_stop_erasure", "action_resume_erasure"):
                with self.assertRaises(AccessError):
                    getattr(request.with_user(user), name)()
        with self.assertRaises(AccessError):
            request.line_ids.with_user(self.officer).create(
                {"request_id": request.id, "name": "x", "res_model": "x", "scope": "own"}
            )

    def test_the_plan_costs_the_same_for_few_and_many_rows(self):
        def count():
            request = self.request()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            request.action_plan()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count()
        self.post(self.person, "One")
        few = count()
        for number in range(60):
            self.post(self.person, f"Message {number}")
        self.assertLessEqual(count(), few + 5)

    # -- the run ---------------------------------------------------------------------------

    def test_nothing_is_left(self):
        self.post(self.person, f"<p>Call {NAME}, {PHONE}</p>", subject=NAME)
        self.post(self.other, f"<p>Recommended by {NAME.upper()} ({EMAIL})</p>")
        self.env["calendar.event"].create(
            {
                "name": f"Lunch with {NAME}",
                "start": "2026-05-01 12:00:00",
                "stop": "2026-05-01 13:00:00",
                "partner_ids": [Command.set((self.person | self.other).ids)],
            }
        )
        self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.person.id,
                "summary": f"Call {NAME}",
            }
        )
        self.env["res.partner.bank"].create(
            {"acc_number": "FR7630006000011234567890189", "partner_id": self.person.id}
        )
        self.env["utm.campaign"].create({"name": f"Offer for {NAME}"})
        self.env["mail.mail"].create({"email_to": EMAIL, "body_html": NAME, "subject": NAME})
        self.env["ir.filters"].create(
            {"name": "Mine", "model_id": "res.partner", "domain": f"[('name', '=', \"{NAME}\")]"}
        )
        self.assertGreater(len(self.left()), 20)
        request = self.erased()
        self.assertFalse(request.failed_count, request.line_ids.mapped("error"))
        self.assertEqual(self.left(), set())
        self.assertFalse(self.person.active)
        self.assertTrue(self.lead.exists())

    def test_the_second_run_changes_nothing(self):
        self.post(self.person, "Hello")
        self.erased()
        engine = self.env["crm.privacy.erasure"]
        request = self.request(self.person)
        self.env.flush_all()
        self.assertEqual(engine._erase_identity(request._identity()), 0)

    def test_others_stay_as_they_were(self):
        sister = self._contact(
            name="Ann d'Estrées-Quenneville",
            email="ann@unique.example",
            parent_id=self.office.id,
            comment="<p>The sister</p>",
        )
        longer = self._contact(name=f"{NAME}-Martin", email="longer@unique.example")
        lead = self._lead(name="Coffee", partner_id=sister.id, contact_name=sister.name)
        note = self.post(sister, "<p>Ann d'Estrées-Quenneville called</p>")
        shared = self.post(sister, Markup("<p>Ann and %s called</p>") % NAME)
        self.person.message_subscribe(sister.ids)
        followers = sister.message_follower_ids
        records = (sister, longer, lead, note, followers, self.office, self.other)
        before = self.rows(*records)
        self.erased()
        self.assertEqual(self.rows(*records), before)
        self.env.invalidate_all()
        self.assertEqual(shared.body, "<p>Ann and [...] called</p>")

    def test_no_mail_no_tracking_no_notice(self):
        user = mail_new_test_user(self.env, login=EMAIL, name=NAME, groups="base.group_portal")
        user.partner_id.write({"parent_id": self.office.id, "phone": PHONE})
        self.person.write({"email": False, "phone": False})
        request = self.request(user.partner_id)
        request.action_plan()
        request.action_approve()
        self.env.flush_all()
        models = (
            "mail.mail",
            "mail.message",
            "mail.tracking.value",
            "mail.notification",
            "sms.sms",
        )

        def last():
            found = [self.env[model].search([], order="id desc", limit=1) for model in models]
            return [record.id or 0 for record in found]

        engine = self.env["crm.privacy.erasure"]
        before = last()
        engine._erase_identity(request._identity())
        self.env.flush_all()
        self.env.cr.flush()
        self.assertTrue(all(now <= then for now, then in zip(last(), before, strict=True)))
        self.assertRegex(user.login, "^erased-[0-9a-f]{32}$")
        self.assertFalse(user.active)
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", (user.id,))
        self.assertIsNone(self.env.cr.fetchone()[0])

    def test_names_below_an_erased_company(self):
        company = self._contact(name="Zoé Quenneville Trading", is_company=True)
        child = self._contact(name="Bob Employee", parent_id=company.id)
        self.erased(company)
        self.assertNotIn("Quenneville", child.complete_name)
        self.assertNotIn("Quenneville", child.commercial_company_name)
        self.assertEqual(child.name, "Bob Employee")

    def test_archived_other_company_child_and_translated(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        archived = self._contact(
            name=NAME, email=EMAIL, active=False, company_id=company.id, comment=NAME
        )
        lead = self._lead(name=NAME, email_from=f'"{NAME}" <{EMAIL}>', company_id=company.id)
        lead.active = False
        home = self._contact(name="Home", type="delivery", parent_id=self.person.id, street="9 x")
        self.person.with_company(company).barcode = "BARCODE-QUENNEVILLE"
        request = self.erased()
        self.assertFalse(request.failed_count)
        self.assertEqual(self.left(NAME, EMAIL, "BARCODE-QUENNEVILLE"), set())
        for record in (archived, home):
            self.assertFalse(record.active)
        self.assertFalse(home.street)

    def test_the_files_are_gone_unless_shared(self):
        def attach(record, raw):
            return self.env["ir.attachment"].create(
                {"name": "x.txt", "raw": raw, "res_model": record._name, "res_id": record.id}
            )

        alone = attach(self.person, b"only of the person in the unique test")
        shared, theirs = attach(self.person, b"of both"), attach(self.other, b"of both")
        listed = attach(self.other, f"a;b\n{NAME};{EMAIL}\nBob;b@c.de".encode())
        names = [alone.store_fname, shared.store_fname, listed.store_fname]
        self.erased()
        self.assertFalse((alone | shared).exists())
        self.assertEqual(theirs.raw, b"of both")
        self.assertEqual(listed.raw, b"a;b\n[...];[...]\nBob;b@c.de")
        self.env["ir.attachment"]._gc_file_store_unsafe()
        paths = [self.env["ir.attachment"]._full_path(name) for name in names]
        self.assertEqual([Path(path).exists() for path in paths], [False, True, False])

    def test_a_file_that_cannot_be_changed_is_to_look_at(self):
        file = self.env["ir.attachment"].create(
            {
                "name": "scan.png",
                "raw": b"\x89PNG",
                "res_model": "res.partner",
                "res_id": self.other.id,
                "mimetype": "image/png",
            }
        )
        self.env.cr.execute(
            "UPDATE ir_attachment SET index_content = %s WHERE id = %s", (NAME, file.id)
        )
        request = self.request()
        request.action_plan()
        line = self.line(request, "ir.attachment", "index_content")
        self.assertEqual((line.action, line.state, line.res_ids), ("report", "open", file.ids))

    def test_the_leads_email_is_not_copied_back(self):
        self.erased()
        self.env.invalidate_all()
        self.assertFalse(self.lead.email_from)
        self.assertFalse(self.lead.contact_name)
        self.lead.flush_recordset()
        self.assertEqual(self.left(), set())

    # -- failures, kills -------------------------------------------------------------------

    def test_a_failing_place_does_not_stop_the_others(self):
        request = self.request()
        request.action_plan()
        request.action_approve()
        original = self.env.registry["crm.privacy.erasure"]._apply_blank

        def fail(engine, place, ids, redactor):
            if place.field == "city":
                raise ValueError(NAME)
            return original(engine, place, ids, redactor)

        with patch.object(self.env.registry["crm.privacy.erasure"], "_apply_blank", fail):
            request.action_run()
            while request.erasure_state == "running":
                request.sudo()._erasure_step()
        self.assertEqual(request.erasure_state, "paused")
        failed = request.line_ids.filtered(lambda line: line.state == "failed")
        self.assertEqual(set(failed.mapped("field_name")), {"city"})
        self.assertNotIn(NAME, failed[0].error)
        self.assertFalse(self.person.email)
        request.action_resume_erasure()
        while request.erasure_state == "running":
            request.sudo()._erasure_step()
        self.assertEqual(request.erasure_state, "files")
        self.assertFalse(self.person.city)

    def test_it_goes_on_where_it_was_killed(self):
        self.post(self.person, NAME)
        request = self.request()
        request.action_plan()
        request.action_approve()
        target = "odoo.addons.crm_lifecycle.models.privacy.erasure.crm_privacy_request_erasure"
        with patch(f"{target}.AT_ONCE_SECONDS", -1):
            request.action_run()
        self.assertEqual(request.erasure_state, "running")
        for _step in range(5):
            request.sudo()._erasure_step()
        self.env.invalidate_all()
        done = request.line_ids.filtered(lambda line: line.state == "done")
        self.assertEqual(len(done), 5)
        with self.committing(request.sudo()) as committed, mute_logger("odoo.sql_db"):
            committed.env.ref("crm_lifecycle.ir_cron_crm_privacy_erasure").method_direct_trigger()
        self.assertEqual(request.erasure_state, "erased")
        self.assertEqual(self.left(), set())

    def test_it_can_be_stopped(self):
        request = self.request()
        request.action_plan()
        request.action_approve()
        target = "odoo.addons.crm_lifecycle.models.privacy.erasure.crm_privacy_request_erasure"
        with patch(f"{target}.AT_ONCE_SECONDS", -1):
            request.action_run()
        request.action_stop_erasure()
        self.assertEqual(request.erasure_state, "paused")
        with self.assertRaises(UserError):
            request.action_plan()

    # -- large tables, batches -------------------------------------------------------------

    def test_texts_of_large_tables_are_searched_in_steps(self):
        self.post(self.other, f"<p>Ask {NAME}</p>")
        target = "odoo.addons.crm_lifecycle.models.privacy.erasure"
        with patch(f"{target}.crm_privacy_erasure_text.AT_ONCE_BYTES", 0):
            request = self.request()
            request.action_plan()
            self.assertEqual(request.erasure_state, "searching")
            with self.assertRaises(UserError):
                request.action_approve()
            steps = 0
            while request.erasure_state == "searching":
                request.sudo()._search_step()
                steps += 1
            self.assertGreater(steps, 10)
            self.assertEqual(self.line(request, "mail.message", "body", "redact").record_count, 1)
            request.action_approve()
            request.action_run()
        self.assertEqual(self.left(), set())

    def test_a_batch_of_a_retention_rule(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Old Prospect{n}", "email": f"old{n}@past.example"} for n in range(25)]
        )
        employee = self.salesman.partner_id
        requests = self.env["crm.privacy.erasure"]._erase(
            partners | employee, self._lead(contact_name="Lost Prospect"), "Prospects: 3 years"
        )
        self.assertEqual(len(requests), 3)
        self.assertEqual(set(requests.mapped("source")), {"retention"})
        self.assertEqual(self.left("past.example", "Lost Prospect", "Old Prospect"), set())
        self.assertTrue(employee.active)

    def test_the_register_forgets_the_person(self):
        request = self.erased()
        self.assertTrue(request.sudo().identity_frozen)
        request.sudo()._forget_identity()
        self.env.flush_all()
        found = {place for place in self.found(NAME, EMAIL, PHONE) if place[0] != "ir_logging"}
        self.assertEqual(found, set())

    def test_quotes_calendars_and_code_hide_nothing(self):
        search = self.env["ir.filters"].create(
            {"name": "Tea", "model_id": "res.partner", "domain": f"[('email', '=', '{EMAIL}')]"}
        )
        cut = f"{NAME}, {EMAIL}".encode()
        calendar = b"BEGIN:VCALENDAR\r\nDESCRIPTION:With\\n" + cut[:20] + b"\r\n " + cut[20:]
        invitation = self.env["ir.attachment"].create(
            {
                "name": "invitation.ics",
                "mimetype": "text/calendar",
                "raw": calendar + b"\\n01 99 00 77 88\r\nEND:VCALENDAR",
                "res_model": "res.partner",
                "res_id": self.other.id,
            }
        )
        neighbour = f"paul.{EMAIL}"
        self.other.comment = f"<p>{neighbour}</p>"
        self.erased()
        self.assertEqual(search.domain, "[('email', '=', '[...]')]")
        self.assertEqual(
            invitation.raw.decode(),
            "BEGIN:VCALENDAR\r\nDESCRIPTION:With\\n[...], [...]\\n[...]\r\nEND:VCALENDAR",
        )
        self.assertIn(neighbour, self.other.comment)
