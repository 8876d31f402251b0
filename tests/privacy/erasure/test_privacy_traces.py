from odoo.tests import BaseCase

from ....models.privacy.erasure.search import Search
from ..canary import people
from ..canary.people import CANARY


class TestPrivacyTraces(BaseCase):
    """The forms in which a value may be written."""

    def test_all_forms_of_the_canary_are_found(self):
        found = Search(
            [CANARY.email, CANARY.second_email, CANARY.former_email],
            [CANARY.phone_e164],
            [CANARY.name, CANARY.former_name],
            [CANARY.iban, CANARY.street, CANARY.ip],
        )
        for label, form in people.forms().items():
            self.assertTrue(found.kinds(f"x {form.decode()} y"), label)
        for label, form in people.base64_forms().items():
            self.assertTrue(found.kinds(form.decode()), label)
        theirs = people.BYSTANDER._replace(former_name="", former_email="")
        for label, form in people.forms(theirs).items():
            self.assertFalse(found.kinds(f"x {form.decode()} y"), label)
