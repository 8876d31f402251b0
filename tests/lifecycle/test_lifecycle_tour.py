from odoo.tests import HttpCase, tagged

from ..common import LifecycleCase


@tagged("post_install", "-at_install")
class TestLifecycleTour(LifecycleCase, HttpCase):
    """What a marketer does in the browser, from the list to the funnel."""

    def test_suspect_to_funnel(self):
        self.env["utm.source"].create({"name": "Tour of the bakers"})
        self.env["res.lang"]._activate_lang("en_US")
        self.marketing.lang = "en_US"
        self.start_tour(
            "/odoo/suspects", "crm_lifecycle_suspect_to_funnel", login="lifecycle_marketing"
        )
        leads = self.env["crm.lead"].search([("source_id", "=", "Tour of the bakers")])
        kinds = dict(zip(leads.mapped("email_from"), leads.mapped("lifecycle_kind"), strict=True))
        self.assertEqual(kinds, {"tour@example.com": "lead", "fournil@example.com": "suspect"})
        converted = leads.filtered(lambda lead: lead.lifecycle_kind == "lead")
        self.assertWay(converted, "suspect", "lead")
        self.assertEqual(self.moves(converted).mapped("cause"), ["import", "manual"])
