import shutil
import tempfile
from unittest.mock import patch

from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import config

from ....models.privacy.erasure import journal, secret
from . import dump, people
from .database import ScratchDatabase, drop
from .seeds import Seeds

SECRET = "a secret for tests"


class CanaryCase(BaseCase):
    """Tests with real commits, on a copy of the tested database in which the person lives.

    `self.database` is in the state of the seeds when a test begins; `self.made` has the ids.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        outside = {secret.OPTION: SECRET, journal.OPTION: cls.folder}
        cls.enterClassContext(patch.dict(config.options, outside))
        source = get_db_name()
        cls.seeded = f"{source}_canary_seeded"
        cls.addClassCleanup(drop, cls.seeded)
        cls.database = ScratchDatabase(source, f"{source}_canary")
        cls.addClassCleanup(cls.database.drop)
        with cls.database.env() as env:
            cls.made = Seeds(env).seed()
        cls.database.save(cls.seeded)
        cls.fresh = True

    def setUp(self):
        super().setUp()
        cls = type(self)
        if not cls.fresh:
            self.database.reset(self.seeded)
        cls.fresh = False

    @classmethod
    def request(cls, env):
        """Give the approved request of the person, her records found and confirmed."""
        request = env["crm.privacy.request"].create(
            {
                "type": "erasure",
                "partner_id": cls.made.person,
                "email": people.CANARY.email,
                "phone": people.CANARY.phone,
                "details": f"Effacez tout, {people.CANARY.name}",
                "verification_note": f"Reconnu à la voix de {people.CANARY.name}",
            }
        )
        request.action_find_identity()
        lines = request.identity_ids
        mine = lines.filtered(lambda line: line.reason not in ("same_name", "other_name"))
        mine.write({"confirmed": True})
        request.action_confirm_identity()
        request.action_verify()
        return request

    @staticmethod
    def erase(request, plan=True):
        """Plan, approve, run and search, as the buttons and the jobs do."""
        if plan:
            request.action_plan()
        while request.erasure_state == "searching":
            request._search_step()
        request.action_approve()
        request.action_run()
        while request.erasure_state in ("running", "files"):
            request._background_step()
        request.scan_id._run()

    def hits(self, search=None):
        """Give all that is left of the person: in a real dump, and in the files."""
        text = dump.dump(self.database.name)
        return dump.search_database(text, search) + dump.search_files(self.database.files, search)
