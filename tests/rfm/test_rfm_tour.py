from ast import literal_eval

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import RfmCase


@tagged("post_install", "-at_install")
class TestRfmTour(RfmCase, HttpCase):
    """What managers do on the map in the browser, alone and at the same time."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("en_US")
        self.manager.write(
            {
                "lang": "en_US",
                "company_ids": [(6, 0, self.company.ids)],
                "group_ids": [(4, self.env.ref("mass_mailing.group_mass_mailing_user").id)],
            }
        )
        self.policy.write({"method": "fixed", "replay_months": 0})
        today = fields.Date.today()
        for name, ages in (("Good", (5, 40)), ("Other", (6, 41)), ("New", (7,))):
            days = [str(fields.Date.subtract(today, days=age)) for age in ages]
            customer = self._customer(*days, name=f"{name} Customer")
            customer.email = f"{name.lower()}@example.com"

    def test_map(self):
        self.start_tour("/odoo/rfm-map", "crm_lifecycle_rfm_map", login="lifecycle_manager")
        cell = self.env["crm.rfm.cell"].search([("name", "=", "52")])
        self.assertEqual(cell.segment_id, self.segments["champions"])
        mailing = self.env["mailing.mailing"].search([("subject", "=", "Thank you")])
        self.assertEqual(mailing.mailing_model_real, "res.partner")
        people = self.env["res.partner"].search(literal_eval(mailing.mailing_domain))
        self.assertEqual(people.mapped("name"), ["Good Customer", "New Customer", "Other Customer"])

    def test_map_of_many(self):
        self.policy._refresh()
        second = self.policy.copy()
        second.name = "Second policy"
        second._refresh()
        self.segments["new"].copy().write({"name": "Short-lived", "code": "short_lived"})
        before = self.env["crm.segment"].search_count([("kind", "=", "dynamic")])
        with mute_logger("odoo.http"):
            self.start_tour(
                "/odoo/rfm-map", "crm_lifecycle_rfm_map_of_many", login="lifecycle_manager"
            )
        after = self.env["crm.segment"].search_count([("kind", "=", "dynamic")])
        self.assertEqual(after - before, 1)

    def test_colors(self):
        self.policy._refresh()
        self.start_tour(
            "/odoo/rfm-customers", "crm_lifecycle_rfm_colors", login="lifecycle_manager"
        )
        self.assertEqual(self.segments["potential_loyalist"].color, "#aa00aa")
