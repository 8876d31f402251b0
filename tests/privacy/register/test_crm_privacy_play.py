import base64
from datetime import date
from io import BytesIO

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..common import PrivacyCase


@tagged("post_install", "-at_install")
class TestStateOfPlay(PrivacyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plays = cls.env["crm.privacy.play"].with_user(cls.officer)

    def _counted(self):
        """Count everything at once, as the job does."""
        play = self.plays.create({})
        play.action_start()
        while play.sudo()._step():
            pass
        return play

    def line(self, play, model, field):
        """Give the line of a field."""
        return play.line_ids.filtered(lambda line: (line.model, line.field) == (model, field))

    def test_fields_are_counted_as_a_search_finds_them(self):
        self._contact(name="Somebody", email="play@example.com", comment="<p>Likes tea</p>")
        self._lead(email_from="lead@play.example", phone="+33 1 23 45 67 89")
        play = self._counted()
        self.assertEqual(play.state, "done")
        for model, field in (
            ("res.partner", "email"),
            ("res.partner", "comment"),
            ("crm.lead", "email_from"),
            ("crm.lead", "phone"),
        ):
            with self.subTest(field):
                line = self.line(play, model, field)
                records = self.env[model].with_context(active_test=False)
                found = records.search_count([(field, "not in", (False, "", "<p><br></p>"))])
                self.assertEqual(line.filled_count, found)
                self.assertEqual(line.record_count, records.search_count([]))
                self.assertTrue(line.last_date)

    def test_nothing_is_left_uncounted(self):
        play = self._counted()
        self.assertGreater(play.field_count, 50)
        self.assertEqual(play.done_count, play.todo_count)
        self.assertFalse(play.line_ids.filtered("problem").mapped("problem"))

    def test_since_when_a_field_is_not_filled_any_more(self):
        self.env.cr.execute("UPDATE res_partner SET function = NULL")
        person = self._contact(name="Old", function="Baker")
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE res_partner SET create_date = '2019-03-02' WHERE id = %s", person.id)
        )
        self.env.invalidate_all()
        play = self._counted()
        line = self.line(play, "res.partner", "function")
        self.assertEqual((line.filled_count, line.last_date), (1, date(2019, 3, 2)))
        self.assertIn(line, play.line_ids.search([("play_id", "=", play.id)]))
        action = play.with_context(privacy_finding="old").action_open_lines()
        self.assertEqual(action["context"], {"search_default_old": 1})
        self.assertGreaterEqual(play.old_count, 1)

    def test_files_are_counted(self):
        image = BytesIO()
        Image.new("RGB", (1, 1)).save(image, "PNG")
        pixel = base64.b64encode(image.getvalue())
        before = self.line(self._counted(), "res.partner", "image_1920").filled_count
        self._contact(name="Photo", image_1920=pixel)
        after = self.line(self._counted(), "res.partner", "image_1920").filled_count
        self.assertEqual(after, before + 1)

    def test_purpose_and_period(self):
        play = self._counted()
        email = self.line(play, "res.partner", "email")
        self.assertTrue(email.has_purpose)
        self.assertEqual(email.period, "rule")
        self.env["crm.privacy.processing"].search([("state", "!=", "ended")]).action_end()
        self.env["crm.privacy.retention"].search([("active", "=", True)]).active = False
        play = self._counted()
        email = self.line(play, "res.partner", "email")
        self.assertFalse(email.has_purpose)
        self.assertNotEqual(email.period, "rule")

    def test_one_statement_for_each_table(self):
        play = self.plays.create({}).sudo()
        names = ["email", "name", "comment", "phone", "image_1920", "barcode", "properties"]
        self.env.flush_all()
        play._count("res.partner", names)
        # the statement, and what columns the table has
        with self.assertQueryCount(2):
            play._count("res.partner", names)

    def test_stop_and_resume(self):
        play = self.plays.create({})
        play.action_start()
        self.assertEqual(play.done_count, 1)
        play.action_stop()
        with self.enter_registry_test_mode():
            self.env.ref("crm_lifecycle.ir_cron_privacy_play").method_direct_trigger()
        play.invalidate_recordset()
        self.assertEqual((play.state, play.done_count), ("paused", 1))
        play.action_resume()
        with self.enter_registry_test_mode():
            self.env.ref("crm_lifecycle.ir_cron_privacy_play").method_direct_trigger()
        play.invalidate_recordset()
        self.assertEqual((play.state, play.done_count), ("done", play.todo_count))
        with self.assertRaises(UserError):
            play.action_start()

    def test_number_opens_its_records(self):
        contact = self._contact(name="Shown", email="shown@play.example")
        lead = self._lead(name="Hidden lead", email_from="hidden@play.example")
        play = self._counted()
        action = self.line(play, "res.partner", "email").action_open_records()
        found = self.env[action["res_model"]].with_user(self.officer).search(action["domain"])
        self.assertIn(contact, found)
        line = self.line(play, "crm.lead", "email_from")
        action = line.action_open_records()
        if action["res_model"] == "crm.privacy.play.sample":
            sample = self.env[action["res_model"]].with_user(self.officer).search(action["domain"])
            self.assertIn(lead.id, sample.mapped("number"))

    def test_secrets_are_never_shown(self):
        play = self._counted()
        for line in play.line_ids.filtered(lambda line: line.model == "res.users"):
            action = line.action_open_records()
            if action["res_model"] == "crm.privacy.play.sample":
                fields = self.env[action["res_model"]].fields_get()
                self.assertNotIn("value", fields)

    def test_only_officers(self):
        play = self._counted()
        for user in (self.manager, self.salesman, self.employee):
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    play.with_user(user).read(["state"])
                with self.assertRaises(AccessError):
                    self.plays.with_user(user).create({})
        with self.assertRaises(AccessError):
            play.line_ids[:1].write({"filled_count": 0})
