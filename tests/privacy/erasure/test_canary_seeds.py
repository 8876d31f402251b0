from odoo.tests import tagged

from ..canary import people
from ..canary.case import CanaryCase
from ..canary.dump import Search

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
class TestCanarySeeds(CanaryCase):
    """The person is where a business has persons, and the search finds her there."""

    def test_the_search_finds_both_in_all_tables(self):
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
