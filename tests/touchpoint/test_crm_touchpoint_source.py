from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TouchpointCase


@tagged("post_install", "-at_install")
class TestCrmTouchpointSource(TouchpointCase):
    """Sources as data: what is shipped, what users add, and what is refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = cls.env.ref("crm_lifecycle.touchpoint_channel_other")

    def _source(self, **values):
        return self.env["crm.touchpoint.source"].create(
            {
                "name": "Bank accounts",
                "model": "res.partner.bank",
                "date_field": "create_date",
                "partner_path": "partner_id",
                "channel_id": self.channel.id,
                "event": "submitted",
                **values,
            }
        )

    def test_shipped_sources_of_installed_modules_are_awake(self):
        sources = self.env["crm.touchpoint.source"].with_context(active_test=False).search([])
        asleep = sources.filtered("problem")
        for source in asleep:
            self.assertTrue(
                source.model not in self.env or "origin_channel_id" in source.domain, source.problem
            )
        self.assertGreater(len(sources - asleep), 20)

    def test_any_model_becomes_a_source_by_a_record(self):
        self._source()
        self.env["res.partner.bank"].create({"acc_number": "FR76 1", "partner_id": self.person.id})
        self.touchpoints._harvest()
        found = self.of(self.person, "submitted")
        self.assertEqual(found.res_model, "res.partner.bank")
        self.assertEqual(found.channel_id, self.channel)
        self.assertEqual(found.direction, "inbound")

    def test_source_of_a_missing_model_sleeps_and_says_so(self):
        source = self._source(model="no.such.model")
        self.assertEqual(source.state, "asleep")
        self.assertIn("no.such.model", source.problem)
        self.assertNotIn(source, self.touchpoints._harvest())

    def test_bad_paths_are_refused_with_a_reason(self):
        for values, words in (
            ({"partner_path": "nobody_id"}, "no field “nobody_id”"),
            ({"partner_path": "partner_id.name.x"}, "no link to one record"),
            ({"partner_path": "company_id"}, "leads elsewhere"),
            ({"date_field": "acc_number"}, "wrong type"),
            ({"email_path": "partner_id.contact_address"}, "computed when it is read"),
            ({"email_path": "partner_id"}, "wrong type"),
            ({"partner_path": False}, "whose touchpoints"),
            ({"domain": "[('nothing', '=', 1)]"}, "filter"),
            ({"domain": "[('id', '=', "}, "filter"),
        ):
            with (
                self.subTest(values=values),
                self.cr.savepoint(),
                self.assertRaises(ValidationError) as caught,
            ):
                self._source(**values)
            self.assertIn(words, str(caught.exception), values)

    def test_changed_source_reads_everything_again(self):
        source = self._source(domain="[('id', '=', 0)]")
        self.env["res.partner.bank"].create({"acc_number": "FR76 2", "partner_id": self.person.id})
        self.touchpoints._harvest()
        self.env.cr.execute("UPDATE res_partner_bank SET write_date = '2020-01-01'")
        self.assertEqual(self.touchpoints._harvest()[source], 0)
        source.domain = "[]"
        self.assertGreaterEqual(self.touchpoints._harvest()[source], 1)

    def test_failing_source_says_so_and_does_not_stop_the_others(self):
        broken, good = self._source(name="Broken"), self._source(name="Good")
        self.env["res.partner.bank"].create({"acc_number": "FR76 3", "partner_id": self.person.id})
        expected = self.env["res.partner.bank"].search_count([])
        harvest_one = type(broken)._harvest_one

        def fail(source, condition):
            if source == broken:
                source.env.cr.execute("SELECT 1 / 0")
            return harvest_one(source, condition)

        with (
            patch.object(type(broken), "_harvest_one", fail),
            mute_logger("odoo.sql_db"),
        ):
            found = (broken | good)._harvest()
        self.assertEqual(found, {broken: 0, good: expected})
        self.assertIn("division by zero", broken.last_error)
        self.assertFalse(broken.since)
        self.assertEqual(broken._harvest(), {broken: 0 + expected})
        self.assertFalse(broken.last_error)

    def test_used_source_and_channel_are_kept(self):
        source = self._source()
        self.env["res.partner.bank"].create({"acc_number": "FR76 4", "partner_id": self.person.id})
        self.touchpoints._harvest()
        with self.assertRaises(UserError):
            source.unlink()
        with self.assertRaises(UserError):
            self.channel.unlink()
        self._source(name="Unused", model="no.such.model").unlink()

    def test_only_the_administrator_changes_sources(self):
        source = self._source()
        for user, allowed in (
            (self.manager, True),
            (self.marketing, False),
            (self.salesman, False),
        ):
            with self.subTest(user=user.name):
                self.assertEqual(source.with_user(user).has_access("write"), allowed)
        with self.assertRaises(AccessError):
            source.with_user(self.salesman).action_harvest()
        self.assertEqual(
            source.with_user(self.manager).action_harvest()["type"], "ir.actions.client"
        )

    def test_copied_channel_has_a_code_of_its_own(self):
        self.assertNotEqual(self.channel.copy().code, self.channel.code)
