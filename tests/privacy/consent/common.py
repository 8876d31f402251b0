from odoo.addons.mail.tests.common import mail_new_test_user

from ..common import PrivacyCase


class ConsentCase(PrivacyCase):
    """Purposes of the product, and people of all kinds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("newsletter", "offers_email", "offers_sms", "offers_post", "profiling"):
            setattr(cls, code, cls.env.ref(f"crm_lifecycle.crm_privacy_purpose_{code}"))
        cls.service = cls.env.ref("crm_lifecycle.crm_privacy_purpose_service")
        cls.consents = cls.env["crm.privacy.consent"]
        cls.mailer = mail_new_test_user(
            cls.env,
            login="consent_mailer",
            groups="base.group_user,mass_mailing.group_mass_mailing_user",
        )
        cls.house = cls._contact(name="Acme", is_company=True, email="acme@acme.test")
        cls.consumer = cls._contact(name="Lea", email="lea@consent.test", phone="+33611111678")
        cls.professional = cls._contact(name="Max", parent_id=cls.house.id, email="max@acme.test")

    @classmethod
    def says(cls, person, event, purpose=None, channels=("email",), **proof):
        """Note what a contact or lead says."""
        people = person._privacy_people() if person._name != "mailing.contact" else None
        people = people or [{"email_normalized": person.email_normalized}]
        return cls.consents._record(
            people, event, purpose, list(channels) if channels else None, **proof
        )

    def ground(self, person, purpose=None, channel="email"):
        """Give the code of the ground of one person, with a no before what forbids."""
        purpose = self.env["crm.privacy.purpose"] if purpose is None else purpose
        ground = person._privacy_may_contact(purpose, channel)[person.id]
        self.assertTrue(ground.text)
        return ground.code if ground.allowed else f"no {ground.code}"
