import os
import shutil
import stat
import tempfile
import threading
from unittest.mock import patch

from odoo.tests import TransactionCase
from odoo.tools import config

from ....models.privacy.erasure import journal, secret

EMAIL = "somebody@canari-maison.example"


class TestPrivacySecret(TransactionCase):
    """The secret, and the journal that lies beside it, outside of the database."""

    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        changed = {"data_dir": self.folder, secret.OPTION: None, journal.OPTION: None}
        patcher = patch.dict(config.options, changed)
        patcher.start()
        self.addCleanup(patcher.stop)

    def _key(self):
        return os.path.join(self.folder, secret.FOLDER, secret.FILE)

    def test_the_key_is_made_once_and_only_its_owner_reads_it(self):
        first = secret.fingerprint("email", EMAIL)
        self.assertEqual(stat.S_IMODE(os.stat(self._key()).st_mode), 0o600)
        self.assertEqual(secret.fingerprint("email", EMAIL), first)
        self.assertNotEqual(secret.fingerprint("phone", EMAIL), first)
        self.assertFalse(self._key().startswith(config.filestore(self.env.cr.dbname)))

    def test_two_that_make_it_at_once_get_the_same(self):
        found = []
        threads = [
            threading.Thread(target=lambda: found.append(secret.fingerprint("email", EMAIL)))
            for _thread in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(set(found)), 1)
        self.assertEqual(os.listdir(os.path.dirname(self._key())), [secret.FILE])

    def test_the_configuration_goes_before_the_file(self):
        first = secret.fingerprint("email", EMAIL)
        with patch.dict(config.options, {secret.OPTION: "of the configuration"}):
            other = secret.fingerprint("email", EMAIL)
        self.assertNotEqual(other, first)
        self.assertEqual(secret.fingerprint("email", EMAIL), first)

    def test_the_journal_keeps_the_order_and_leaves_out_what_was_cut_or_changed(self):
        for number in range(3):
            journal.append(self.env, {"request": f"DEM/{number}", "date": "2026-01-01"})
        path = journal.path(self.env)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        with open(path, "ab") as file:
            file.write(b"0123 {cut off")
        journal.append(self.env, {"request": "DEM/3", "date": "2026-01-02"})
        with open(path, "rb") as file:
            text = file.read().replace(b"DEM/1", b"DEM/9")
        with open(path, "wb") as file:
            file.write(text)
        entries, unreadable = journal.read(self.env)
        self.assertEqual([entry["request"] for entry in entries], ["DEM/0", "DEM/2", "DEM/3"])
        self.assertEqual(unreadable, 2)

    def test_each_database_has_a_journal_of_its_own(self):
        journal.append(self.env, {"request": "DEM/1", "date": "2026-01-01"})
        self.env["ir.config_parameter"].set_param("database.uuid", "another")
        self.assertEqual(journal.read(self.env), ([], 0))

    def test_the_journal_may_lie_elsewhere(self):
        elsewhere = os.path.join(self.folder, "elsewhere")
        with patch.dict(config.options, {journal.OPTION: elsewhere}):
            journal.append(self.env, {"request": "DEM/1", "date": "2026-01-01"})
            self.assertEqual(len(os.listdir(elsewhere)), 1)
        self.assertEqual(journal.read(self.env), ([], 0))
