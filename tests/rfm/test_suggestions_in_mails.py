from odoo.tests import tagged

from .suggestion_common import SuggestionCase

PICTURE = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    b"RU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestSuggestionsInMails(SuggestionCase):
    """The block of products in e-mail templates and mailings."""

    BODY = '<p>Hello</p><t t-out="object.suggested_products_html"></t>'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._customers(14, cls.printer, cls.paper)
        cls.customers = cls._customers(6, cls.printer)
        cls._customers(30, cls.desk)
        cls._refresh()
        for number, customer in enumerate(cls.customers):
            customer.email = f"customer{number}@example.com"
        cls.stranger = cls._contact(email="stranger@example.com")

    def _mailed(self, records, user=None, body=BODY):
        """Render the body as a mailing does; give the texts by record."""
        composer = self.env["mail.compose.message"].with_user(user or self.marketing)
        return composer.sudo(False)._render_template(
            body, records._name, records.ids, engine="qweb", options={"post_process": True}
        )

    def test_block(self):
        html = str(self.customers[0].suggested_products_html)
        for text in ("Paper", "Often bought with Printer", "10.00"):
            self.assertIn(text, html)
        self.assertNotIn("14 of 20", html, "customers are told no figures")
        self.assertNotIn("<img", html, "there is no picture")
        self.assertEqual(self.stranger.suggested_products_html, "")

    def test_picture_needs_no_login(self):
        self.paper.image_1920 = PICTURE
        body = str(self._mailed(self.customers[0])[self.customers[0].id])
        self.assertIn(f"/web/image/product.product/{self.paper.id}/image_256?access_token=", body)
        self.assertRegex(body, 'src="https?://')

    def test_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.paper.with_context(lang="fr_FR").name = "Papier"
        self.customers[0].lang = "fr_FR"
        self.assertIn("Papier", self.customers[0].suggested_products_html)
        self.assertIn("Paper", self.customers[1].suggested_products_html)

    def test_mailing_to_contacts_and_leads(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": "Lead", "partner_id": partner.id}
                for partner in self.customers[:2] | self.stranger
            ]
        )
        for records in (self.customers[:2] | self.stranger, leads):
            bodies = self._mailed(records)
            self.assertIn("Paper", bodies[records[0].id])
            self.assertIn("Paper", bodies[records[1].id])
            self.assertEqual(bodies[records[2].id].strip(), "<p>Hello</p>")

    def test_other_placeholders_beside_it(self):
        """Anything that is not on Odoo's short list makes Odoo use its other way of rendering."""
        body = self.BODY + '<t t-out="object.name.upper()"/><t t-if="object.id">!</t>'
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        records = self.customers[:1] | self.stranger
        bodies = self._mailed(records, user=admin, body=body)
        self.assertIn("Paper", bodies[records[0].id])
        self.assertEqual(
            bodies[records[1].id].strip(),
            "<p>Hello</p>STRANGER!".replace("STRANGER", self.stranger.name.upper()),
        )

    def test_those_who_may_not_edit_templates_may_use_it(self):
        self.env["ir.config_parameter"].set_param("mail.restrict.template.rendering", "True")
        group = self.env.ref("mail.group_mail_template_editor")
        self.env.ref("base.group_user").implied_ids -= group
        self.env.invalidate_all()
        self.assertFalse(self.marketing.has_group("mail.group_mail_template_editor"))
        self.assertIn("Paper", self._mailed(self.customers[0])[self.customers[0].id])
        template = self.env["mail.template"].with_user(self.marketing)
        template = template.create(
            {
                "name": "News",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body_html": self.BODY,
            }
        )
        body = template._render_field("body_html", self.customers.ids)[self.customers[0].id]
        self.assertIn("Paper", body)

    def test_people_of_mailing_lists(self):
        contacts = self.env["mailing.contact"].create(
            [
                {"email": "CUSTOMER1@example.com"},
                {"email": "nobody@example.com"},
                {"name": "No mail"},
            ]
        )
        self.assertIn("Paper", contacts[0].suggested_products_html)
        self.assertEqual([str(c.suggested_products_html) for c in contacts[1:]], ["", ""])

    def test_sent_mailing(self):
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "body_html": self.BODY,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": [("id", "in", (self.customers | self.stranger).ids)],
            }
        )
        mailing.action_send_mail((self.customers | self.stranger).ids)
        mails = self.env["mail.mail"].search([("mailing_id", "=", mailing.id)])
        self.assertEqual(len(mails), 7)
        self.assertEqual(len([m for m in mails if "Paper" in m.body_html]), 6)

    def test_recipients_cost_no_queries(self):
        counts = []
        for records in (self.customers[:1], self.customers):
            self._mailed(records)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._mailed(records)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_snippet_of_the_mailing_editor(self):
        views = self.env["ir.ui.view"].with_user(self.marketing)
        html = str(views.render_public_asset("mass_mailing.email_designer_snippets"))
        self.assertIn("s_suggested_products", html)
        self.assertIn('<t t-out="object.suggested_products_html"></t>', html)
