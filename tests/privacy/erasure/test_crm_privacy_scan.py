from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.crm_lifecycle.models.privacy.erasure import (
    crm_privacy_scan_part_read,
    crm_privacy_scan_run,
)

from ..canary.case import CanaryCase

#: Forms that the scan is not told: it knows who the person is, not where she lives and surfs.
UNKNOWN = ("street", "ip")
#: What the scan itself and the request of the person hold while the erasure goes on.
OWN = ("crm_privacy_request", "crm_privacy_identity", "crm_privacy_scan_hit", "crm_privacy_scan")


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
