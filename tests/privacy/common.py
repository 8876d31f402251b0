from odoo.addons.mail.tests.common import mail_new_test_user

from ..common import LifecycleCase


class PrivacyCase(LifecycleCase):
    """The people of the product, and a data protection officer with that group alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = mail_new_test_user(
            cls.env,
            login="lifecycle_officer",
            name="Officer",
            groups="crm_lifecycle.group_privacy_officer",
        )
