import os
import subprocess
import sys

from odoo import Command
from odoo.tests import tagged
from odoo.tools import config

from ....models.privacy.erasure import journal, secret
from ..canary import dump, people, tables
from ..canary.case import SECRET, CanaryCase


class Killed(BaseException):
    """As if the process ended here."""


@tagged("post_install", "-at_install")
class TestCanaryAgain(CanaryCase):
    """Erasures that are interrupted, repeated, restored; with what was installed later."""

    def assertErased(self, request):
        """Check that a request is closed and that only what it keeps is left."""
        self.assertEqual((request.state, request.scan_state), ("done", "clean"))
        kept = {
            (request.env[line.res_model]._table, str(record_id))
            for line in request.line_ids.filtered(lambda line: line.state == "kept")
            for record_id in line.res_ids
        }
        request.env.flush_all()
        request.env.cr.commit()  # pylint: disable=invalid-commit
        hits = [hit for hit in self.hits() if hit.table != "file"]
        self.assertFalse([hit for hit in hits if (hit.table, hit.row) not in kept])

    def _approved(self, env):
        request = self.request(env)
        request.action_plan()
        request.action_approve()
        return request

    def _go_on(self, request):
        while request.erasure_state in ("running", "files"):
            request._background_step()
        request.scan_id._run()

    def test_a_killed_erasure_goes_on(self):
        with self.database.env() as env:
            request = self._approved(env)
            request._write_journal()
            request._begin_erasure()
            for _place in range(12):
                request._erasure_step()
            number = request.id
        steps = self.database.registry["crm.privacy.request"]
        original = steps._erase_line

        def killed(request, line):
            original(request, line)
            raise Killed

        with self.assertRaises(Killed), self.database.env() as env:
            self.patch(steps, "_erase_line", killed)
            env["crm.privacy.request"].browse(number)._erasure_step()
        self.patch(steps, "_erase_line", original)
        with self.database.env() as env:
            request = env["crm.privacy.request"].browse(number)
            self.assertEqual(request.line_ids.mapped("state").count("done"), 12)
            self._go_on(request)
            self.assertErased(request)

    def test_a_second_erasure_changes_nothing(self):
        with self.database.env() as env:
            request = self.request(env)
            self.erase(request)
            records = request.erased_ids
        before = tables.Tables(dump.dump(self.database.name))
        with self.database.env() as env:
            again = env["crm.privacy.request"].create(
                {
                    "type": "erasure",
                    "verification_note": "Known",
                    "identity_ids": [
                        Command.create({"res_model": model, "res_id": record_id, "confirmed": True})
                        for model, name in (
                            ("res.partner", "partner_ids"),
                            ("crm.lead", "lead_ids"),
                        )
                        for record_id in env[model].browse(records[name]).exists().ids
                    ],
                }
            )
            again.action_confirm_identity()
            again.action_verify()
            self.erase(again)
            self.assertEqual(again.state, "done")
            self.assertFalse(sum(again.line_ids.mapped("changed_count")))
        after = tables.Tables(dump.dump(self.database.name))
        changes = before.changes(after)
        self.assertFalse([(table, row["id"]) for table, _key, row, _after in changes])

    def test_a_model_that_came_later_keeps_it_open(self):
        self.addCleanup(self.database.reload)
        with self.database.env() as env:
            self._install_notes(env)
            note = env["x_canary_note"].create(
                {"x_partner_id": self.made.person, "x_email": people.CANARY.email, "x_name": "Note"}
            )
            linked = env["x_canary_note"].create({"x_partner_id": self.made.person, "x_name": "N"})
            self.assertTrue(note and linked)
        with self.database.env() as env:
            request = self._approved(env)
            lines = request.line_ids.filtered(lambda line: line.res_model == "x_canary_note")
            self.assertEqual(set(lines.mapped("action")), {"unclassified"})
            request.action_run()
            self._go_on(request)
            self.assertEqual((request.state, request.scan_state), ("approved", "left"))
            self.assertIn("classified", request.scan_words)
            self.assertTrue(request._help_activities())
            places = env["crm.privacy.location"].search([("model", "=", "x_canary_note")])
            self.assertTrue(places)
            places.write({"action": "redact", "mention": "redact"})
            link = places.filtered(lambda place: place.field == "x_partner_id")
            link.write({"action": "delete", "owner": True})
            request.action_erase_again()
            self._go_on(request)
            self.assertErased(request)
            self.assertFalse(env["x_canary_note"].search([("x_partner_id", "!=", False)]))

    def _install_notes(self, env):
        """Install a model that nobody has written a rule for."""
        env["ir.model"].create(
            {
                "name": "Canary Note",
                "model": "x_canary_note",
                "field_id": [
                    Command.create(
                        {
                            "name": "x_partner_id",
                            "ttype": "many2one",
                            "relation": "res.partner",
                            "field_description": "Contact",
                        }
                    ),
                    Command.create(
                        {"name": "x_name", "ttype": "char", "field_description": "Name"}
                    ),
                    Command.create(
                        {"name": "x_email", "ttype": "char", "field_description": "E-mail"}
                    ),
                ],
            }
        )

    def test_a_link_at_an_unclassified_place_keeps_it_open_too(self):
        self.addCleanup(self.database.reload)
        with self.database.env() as env:
            self._install_notes(env)
            env["x_canary_note"].create({"x_partner_id": self.made.person, "x_name": "N"})
        with self.database.env() as env:
            request = self._approved(env)
            request.action_run()
            self._go_on(request)
            self.assertEqual((request.state, request.scan_state), ("approved", "clean"))
            self.assertIn("classified", request.scan_words)

    def test_the_restricted_audit_trail_is_kept_and_listed(self):
        with self.database.env() as env:
            env.company.restrictive_audit_trail = True
            request = self.request(env)
            self.erase(request)
            kept = request.line_ids.filtered(lambda line: line.state == "kept")
            self.assertLessEqual({"mail.message"}, set(kept.mapped("res_model")))
            self.assertTrue(all(line.article and line.keep_until for line in kept))
            self.assertErased(request)

    def test_a_restored_backup_is_erased_again(self):
        old = f"{self.database.name}_old"
        self.addCleanup(self.database.forget, old)
        self.database.save(old)
        with self.database.env() as env:
            request = self.request(env)
            self.erase(request)
            self.assertErased(request)
            name = request.name
        self.database.reset(old)
        self.assertTrue(self.hits())
        with self.database.env() as env:
            # whoever gets a number of an erased record is somebody else
            person = env["res.partner"].create({"name": "Quelqu'un", "email": "q@canari.example"})
            entries = env["crm.privacy.replay"]._entries()
            for entry in entries:
                entry["records"]["res.partner"].append([person.id, "2020-01-01 00:00:00"])
            found = env["crm.privacy.replay"]._find(entries)[0]
            self.assertIn(self.made.person, found["res.partner"])
            self.assertIn(self.made.phone_lead, found["crm.lead"])
            self.assertNotIn(self.made.bystander, found["res.partner"])
            self.assertNotIn(person.id, found["res.partner"])
            [(number, count, state)] = env["crm.privacy.replay"]._replay(dry_run=True)
            self.assertEqual((number, state), (name, "found"))
            self.assertGreater(count, 5)
        self.assertTrue(self.hits(), "a dry run changes nothing")
        said = self._replay()
        self.assertIn("erased again", said)
        self.assertFalse(dump.Search().find(said.encode()))
        with self.database.env() as env:
            repeated = env["crm.privacy.request"].search([("replay_of", "=", name)])
            self.assertErased(repeated)
            self.assertEqual(env["crm.privacy.replay"]._replay(), [(name, 0, "absent")])

    def _replay(self):
        """Run the command as an administrator does; give what it says."""
        file = os.path.join(self.folder, "odoo.conf")
        names = ("addons_path", "data_dir", "db_host", "db_port", "db_user", "db_password")
        with open(file, "w") as conf:
            conf.write("[options]\n")
            for name in names:
                value = config[name]
                value = ",".join(value) if isinstance(value, list) else value
                conf.write(f"{name} = {value}\n" if value else "")
            conf.write(f"{secret.OPTION} = {SECRET}\n{journal.OPTION} = {self.folder}\n")
        command = [sys.executable, "-m", "odoo", "privacy_replay", "-c", file]
        done = subprocess.run(
            [*command, "-d", self.database.name],
            check=False,
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        return done.stdout
