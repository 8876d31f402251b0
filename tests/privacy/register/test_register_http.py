import csv
import io

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import PrivacyCase

#: The menus that an officer sees, and those that are not for an officer.
SEEN = (
    "menu_privacy_deadlines",
    "menu_privacy_requests",
    "menu_privacy_processing",
    "menu_privacy_breaches",
    "menu_privacy_retention",
    "menu_privacy_holds",
    "menu_privacy_play",
)
UNSEEN = (
    "menu_contacts",
    "menu_customers",
    "menu_all_contacts",
    "menu_suspects",
    "menu_qualify",
    "menu_segments",
    "menu_rfm_map",
    "menu_reporting",
    "menu_touchpoints",
    "menu_configuration",
)
COMMERCIAL = (
    "crm.lead",
    "sale.order",
    "account.move",
    "crm.score",
    "crm.rfm.score",
    "crm.segment",
    "crm.touchpoint",
    "crm.lifecycle.report",
    "mailing.mailing",
)


@tagged("post_install", "-at_install")
class TestRegisterHttp(PrivacyCase, HttpCase):
    URL = "/crm_lifecycle/privacy/register.csv"

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def test_table_for_the_officer(self):
        self._login(self.officer)
        response = self.url_open(self.URL)
        self.assertEqual(response.status_code, 200)
        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
        entries = self.env["crm.privacy.processing"].search([("name", "!=", False)])
        self.assertEqual(len(rows), len(entries) + 1)
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})

    @mute_logger("odoo.http")
    def test_no_table_for_others(self):
        self._login(self.salesman)
        self.assertEqual(self.url_open(self.URL).status_code, 403)
        self.authenticate(None, None)
        response = self.url_open(self.URL, allow_redirects=False)
        self.assertIn(response.status_code, (302, 303))

    def _shown(self, user):
        """Give the menus that a user can reach from the home page."""
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        shown, waiting = set(), list(menus["root"]["children"])
        while waiting:
            menu = menus[waiting.pop()]
            shown.add(menu["id"])
            waiting += menu["children"]
        return shown

    def test_menus_of_the_officer(self):
        visible = self._shown(self.officer)
        for name in SEEN:
            with self.subTest(name):
                self.assertIn(self.env.ref(f"crm_lifecycle.{name}").id, visible)
        for name in UNSEEN:
            with self.subTest(name):
                self.assertNotIn(self.env.ref(f"crm_lifecycle.{name}").id, visible)
        for name in ("crm.crm_menu_root", "sale.sale_menu_root", "account.menu_finance"):
            menu = self.env.ref(name, raise_if_not_found=False)
            with self.subTest(name):
                self.assertFalse(menu and menu.id in visible)

    def test_menus_of_others(self):
        for user in (self.manager, self.salesman, self.marketing):
            visible = self._shown(user)
            with self.subTest(user.name):
                self.assertNotIn(self.env.ref("crm_lifecycle.menu_privacy_breaches").id, visible)
                self.assertIn(self.env.ref("crm_lifecycle.menu_leads").id, visible)

    def test_officer_reads_nothing_commercial(self):
        for model in COMMERCIAL:
            with self.subTest(model):
                self.assertFalse(self.env[model].with_user(self.officer).has_access("read"))
        fields = self.env["res.partner"].with_user(self.officer).fields_get()
        for name in ("rfm_segment_id", "score", "last_touch_id", "crm_segment_ids"):
            with self.subTest(name):
                self.assertNotIn(name, fields)
