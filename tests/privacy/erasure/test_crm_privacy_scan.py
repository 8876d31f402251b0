from unittest.mock import patch

from odoo.tests import tagged

from ....models.privacy.erasure import (
    crm_privacy_scan_part_read,
    crm_privacy_scan_run,
)
from ..canary import people
from ..canary.case import CanaryCase
from ..canary.dump import Search

#: Forms that the scan is not told: it knows who the person is, not where she lives and surfs.
UNKNOWN = ("street", "ip")
#: What the scan itself and the request of the person hold while the erasure goes on.
OWN = ("crm_privacy_request", "crm_privacy_identity", "crm_privacy_scan_hit", "crm_privacy_scan")


#: Where an ordinary person is found at least, before anything is erased.
EXPECTED = """
    res_partner res_partner_bank res_users res_device_log crm_lead sale_order sale_order_line
    account_move account_move_line account_payment account_bank_statement_line payment_token
    payment_transaction mail_message mail_tracking_value mail_mail mail_scheduled_message
    mail_gateway_allowed mail_activity mail_guest discuss_channel calendar_event calendar_attendee
    ir_attachment mailing_contact mailing_trace link_tracker link_tracker_click sms_sms
    snailmail_letter mail_blacklist phone_blacklist crm_touchpoint crm_suspect_import_line
    crm_qualification_handover crm_lifecycle_transition mail_compose_message privacy_lookup_wizard
    sms_composer base_import_import ir_logging bus_bus file
"""


@tagged("post_install", "-at_install")
class TestPrivacyScan(CanaryCase):
    """The search of everything, on a database in which nothing was erased yet."""

    def _scan(self, env):
        request = self.request(env)
        request._freeze_identity()
        return request._start_scan()

    def _tables(self, env):
        return {model._table for model in env.registry.models.values()}

    def test_it_finds_what_a_dump_shows(self):
        with self.database.env() as env:
            scan = self._scan(env)
            scan._run()
            self.assertEqual(scan.state, "left")
            self.assertFalse(scan.part_ids.filtered(lambda part: part.state != "done"))
            found = {(hit.table_name, hit.column_name) for hit in scan.hit_ids}
            files = len(scan.hit_ids.filtered(lambda hit: hit.table_name not in self._tables(env)))
        hits = [hit for hit in self.hits() if hit.form not in UNKNOWN and hit.table not in OWN]
        shown = {(hit.table, hit.column) for hit in hits if hit.table != "file"}
        self.assertEqual(shown - found, set())
        self.assertGreaterEqual(files, len({hit.column for hit in hits if hit.table == "file"}))

    def test_it_finds_nothing_of_the_colleague(self):
        with self.database.env() as env:
            scan = self._scan(env)
            scan._run()
            rows = {(hit.res_model, hit.res_id) for hit in scan.hit_ids}
        self.assertNotIn(("res.partner", self.made.bystander), rows)
        self.assertNotIn(("mail.message", self.made.bystander_message), rows)
        self.assertIn(("mail.message", self.made.shared_message), rows)

    def test_a_killed_scan_goes_on_where_it_was(self):
        with self.database.env() as env:
            scan = self._scan(env)
            scan_id = scan.id
            with patch.object(crm_privacy_scan_run, "SECONDS", 0):
                for _step in range(5):
                    scan._step()
        read = []
        original = crm_privacy_scan_part_read.CrmPrivacyScanPart._read_on

        def killed(part, search):
            read.append(part.name)
            if len(read) == 3:
                raise KeyboardInterrupt
            return original(part, search)

        part_model = crm_privacy_scan_part_read.CrmPrivacyScanPart
        with (
            self.assertRaises(KeyboardInterrupt),
            self.database.env() as env,
            patch.object(part_model, "_read_on", killed),
        ):
            env["crm.privacy.scan"].browse(scan_id)._step()
        with self.database.env() as env:
            scan = env["crm.privacy.scan"].browse(scan_id)
            self.assertEqual(scan.state, "running")
            self.assertGreaterEqual(scan.done_count, 5)
            self.assertGreater(scan.progress, 0)
            self.assertTrue(scan.current_part)
            done = scan.part_ids.filtered(lambda part: part.state == "done").mapped("name")
            again = []
            with patch.object(
                part_model,
                "_read_on",
                lambda part, search: again.append(part.name) or original(part, search),
            ):
                scan._run()
            self.assertFalse(set(done) & set(again))
            hits = scan.hit_ids.mapped(lambda h: (h.table_name, h.column_name, h.res_id))
            self.assertEqual(len(hits), len(set(hits)))
            self.assertEqual(scan.progress, 100)

    def test_large_tables_are_read_in_pieces(self):
        with self.database.env() as env:
            scan = self._scan(env)
            scan._begin()
            search = scan.request_id._value_search()
            part = scan.part_ids.filtered(lambda part: part.name == "mail_message")
            part._read_on(search)
            whole = {(hit.column_name, hit.res_id) for hit in scan.hit_ids}
            scan.hit_ids.unlink()
            part.write({"state": "todo", "last_id": 0})
            pieces = 0
            with patch.object(crm_privacy_scan_part_read, "ROWS", 7):
                while part.state == "todo":
                    part._read_on(search)
                    pieces += 1
            self.assertGreater(pieces, 3)
            self.assertEqual({(hit.column_name, hit.res_id) for hit in scan.hit_ids}, whole)

    def test_a_dump_shows_both_in_all_tables(self):
        hits = self.hits()
        self.assertEqual(set(EXPECTED.split()) - {hit.table for hit in hits}, set())
        forms = {hit.form for hit in hits}
        self.assertLessEqual(
            {"name", "name reversed", "name, HTML", "e-mail", "e-mail, URL", "phone E.164", "iban"}
            | {"name, JSON", "name, quoted-printable", "phone spaced", "ip", "street"},
            forms,
        )
        self.assertTrue([form for form in forms if "base64" in form], forms)
        self.assertTrue([form for form in forms if "packed" in form], forms)
        self.assertGreater(len({(hit.table, hit.column) for hit in hits}), 78)
        theirs = self.hits(Search(people.BYSTANDER))
        self.assertGreater(len({(hit.table, hit.column) for hit in theirs}), 40)

    def test_the_job_reads_to_the_end(self):
        with self.database.env() as env:
            self._scan(env)
        with self.database.env() as env:
            job = env.ref("crm_lifecycle.ir_cron_privacy_scan")
            env["crm.privacy.scan"].with_context(cron_id=job.id)._cron_run()
            scan = env["crm.privacy.scan"].search([("id", ">", 0)], order="id desc", limit=1)
            self.assertEqual((scan.state, scan.progress), ("left", 100))
