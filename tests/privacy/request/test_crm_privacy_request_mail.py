from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import RequestCase


@tagged("post_install", "-at_install")
class TestCrmPrivacyRequestMail(RequestCase):
    """What the person is told, and how."""

    def test_every_mail_is_written_without_a_hole(self):
        request = self._request()
        for code, _label in request._mails():
            request._send(code)
            mail = self._mails(request)[-1]
            self.assertTrue(mail.subject and request.name in mail.subject, code)
            self.assertNotIn("False", mail.body_html, code)
            self.assertNotIn("t-out", mail.body_html, code)
            self.assertEqual(mail.state, "outgoing", code)

    def test_mails_are_no_trace_of_the_address(self):
        request = self._request()
        request._send("received")
        notes = " ".join(str(message.body) for message in request.sudo().message_ids)
        self.assertIn("Received: please confirm", notes)
        self.assertNotIn("quenneville", notes.lower())
        self.assertTrue(self._mails(request).auto_delete)

    def test_text_of_the_person_is_no_html(self):
        request = self._request()
        request._refuse_because('<img src="x" onerror="alert(1)"> & more')
        body = self._mails(request)[-1].body_html
        self.assertNotIn('<img src="x"', body)
        self.assertIn("&lt;img", body)

    def test_without_address_somebody_writes_a_letter(self):
        request = self._request(email=False)
        request.action_verify()
        letter = self.env.ref("crm_lifecycle.mail_activity_type_privacy_letter")
        tasks = request.sudo().activity_ids.filtered(lambda one: one.activity_type_id == letter)
        self.assertEqual(len(tasks), 1)
        with self.assertRaisesRegex(UserError, "no valid e-mail"):
            self._request(email="nonsense").action_send_link()

    def test_more_proof_only_for_a_stated_doubt(self):
        request = self._request()
        with self.assertRaisesRegex(UserError, "12\\(6\\)"):
            request._ask_proof("")
        request._ask_proof("Two persons use this address.")
        self.assertTrue(request.proof_asked_at)
        self.assertIn("Two persons use this address.", self._mails(request)[-1].body_html)

    def test_preview_writes_and_sends_nothing(self):
        request = self._request()
        wizard = self.env["crm.privacy.request.answer"].with_user(self.officer)
        with Form(
            wizard.with_context(default_request_id=request.id, default_kind="refuse")
        ) as form:
            form.reason = "We hold no data of you."
            self.assertIn("We hold no data of you.", form.preview)
        self.assertFalse(request.refusal_reason)
        self.assertFalse(self._mails(request))
        form.save().action_send()
        self.assertEqual(request.state, "refused")

    def test_preview_of_each_mail(self):
        request = self._request()
        wizard = self.env["crm.privacy.request.answer"].with_user(self.officer)
        with Form(wizard.with_context(default_request_id=request.id)) as form:
            for code, _label in request._mails():
                form.mail = code
                self.assertIn("Hello", form.preview, code)

    def test_in_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("crm_lifecycle.mail_template_privacy_verified")
        template.with_context(lang="fr_FR").subject = "Votre demande {{ object.name }}"
        request = self._request(lang="fr_FR")
        request._send("verified")
        self.assertIn("Votre demande", self._mails(request)[-1].subject)
