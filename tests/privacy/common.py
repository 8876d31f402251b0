import shutil
import tempfile
from unittest.mock import patch

from odoo.tools import config

from odoo.addons.mail.tests.common import mail_new_test_user

from ...models.privacy.erasure import journal, secret
from ..common import LifecycleCase


class PrivacyCase(LifecycleCase):
    """The people of the product, and a data protection officer with that group alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, folder)
        outside = {secret.OPTION: "a secret for tests", journal.OPTION: folder}
        cls.enterClassContext(patch.dict(config.options, outside))
        cls.officer = mail_new_test_user(
            cls.env,
            login="lifecycle_officer",
            name="Officer",
            groups="crm_lifecycle.group_privacy_officer",
        )
