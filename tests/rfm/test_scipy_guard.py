from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests.common import tagged

from ...models.rfm import scipy_guard
from .value_case import ValueCase

FIGURES = ("p_active", "expected_purchases", "expected_value")


def without_scipy(available=False):
    """Have the guard say that scipy is not there."""
    return patch.object(scipy_guard, "available", lambda: available)


@tagged("post_install", "-at_install")
class TestWithoutScipy(ValueCase):
    """Nothing of it is to be seen, and the rest works as ever."""

    def setUp(self):
        super().setUp()
        self.startPatcher(without_scipy())
        self.scores = self.env["crm.rfm.score"].with_user(self.salesman)

    def test_refresh_leaves_it_out(self):
        self.policy._refresh_with_past()
        self.assertFalse(self.policy.value_date)
        self.assertFalse(self.policy.value_state)
        self.assertEqual(len(self._shown()), 2357)

    def test_fields_are_no_fields(self):
        self.assertFalse({"value_state", *FIGURES} & set(self.scores.fields_get()))
        policies = self.env["crm.rfm.policy"].with_user(self.manager)
        self.assertNotIn("value_summary", policies.fields_get())
        with self.assertRaises(AccessError):
            self.scores.search([("p_active", "<", 50)])

    def test_views_do_not_show_them(self):
        for model, kind in (
            (self.scores, "list"),
            (self.scores, "pivot"),
            (self.scores, "graph"),
            (self.scores, "search"),
            (self.env["crm.rfm.policy"].with_user(self.manager), "form"),
        ):
            view = model.get_view(view_type=kind)
            names = [node.get("name") for node in etree.fromstring(view["arch"]).iter("*")]
            shown = [name for name in names if name and self._is_of_value(name)]
            self.assertFalse(shown, f"{model._name} {kind}")

    def test_views_show_them_with_scipy(self):
        with without_scipy(available=True):
            for kind, name in (
                ("list", "p_active"),
                ("pivot", "expected_value"),
                ("search", "customer_value_leaving"),
            ):
                self.assertIn(f'name="{name}"', self.scores.get_view(view_type=kind)["arch"])

    @staticmethod
    def _is_of_value(name):
        return name in FIGURES or name.startswith(("value_state", "customer_value"))

    def test_managers_change_what_counts(self):
        policy = self.policy.copy().with_user(self.manager)
        policy.as_of = "2020-01-01"
        policy.product_categ_ids = self.env["product.category"].create({"name": "Tea"})
        self.assertTrue(policy.is_stale)

    def test_a_list_is_read(self):
        self.policy._refresh()
        names = [name for name in self.scores.fields_get() if name != "partner_id"]
        self.assertTrue(self.scores.search_read([], names, limit=1))

    def test_button_and_contact_say_nothing_wrong(self):
        self.policy._refresh()
        self.policy._estimate_value()
        self.assertFalse(self.policy.value_state)
        self.assertEqual(self._contact().with_user(self.salesman)._customer_value_summary(), {})

    def test_settings_say_what_to_install(self):
        settings = self.env["res.config.settings"].with_user(self.manager)
        settings = settings.with_company(self.company).new({"company_id": self.company.id})
        self.assertFalse(settings.customer_value_available)
        self.assertIn("pip install numpy scipy", settings.customer_value_summary)
