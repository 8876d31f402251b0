from unittest.mock import patch

from psycopg2.errors import CheckViolation, SerializationFailure

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import ScoringCase


@tagged("post_install", "-at_install")
class TestScoreRuleProblem(ScoringCase):
    """One rule that cannot be used stops nobody's score, and no rule tells what is hidden."""

    def setUp(self):
        super().setUp()
        self.good = self._rule(domain="[('city', '=', 'Lyon')]", points=50)
        self.broken = self._rule(domain="[('city', '=', 'Lyon')]", points=7)
        self.person = self._lead(city="Lyon")

    def _break(self, domain="[('x_gone', '=', 1)]"):
        """Let a field of the filter go, as when its module is uninstalled."""
        self.env.flush_all()
        query = "UPDATE crm_score_rule SET domain = %s WHERE id = %s"
        self.env.cr.execute(SQL(query, domain, self.broken.id))
        self.env.invalidate_all()

    def test_refresh_of_all_sets_it_aside_and_takes_it_back(self):
        self._break()
        self.lead_policy._refresh()
        self.assertEqual(self.person.score_fit, 50)
        self.assertIn("x_gone", self.broken.problem)
        self.assertFalse(self.good.problem)
        self.assertFalse(self.lead_policy.is_stale)
        self._break("[('city', '=', 'Lyon')]")
        self.lead_policy._refresh()
        self.assertFalse(self.broken.problem)
        self.assertEqual(self.person.score_fit, 57)

    def test_nobody_is_kept_from_working(self):
        self.lead_policy._refresh()
        for domain in ("[('x_gone', '=', 1)]", "[('city', '=', ", "[('city.gone', '=', 1)]"):
            self.broken.problem = False
            self._break(domain)
            self.person.bant_need = {"no": "partial"}.get(self.person.bant_need, "no")
            self.assertTrue(self.broken.problem, domain)
            self.assertEqual(self.person.score_fit, 50)
        self.assertEqual(self.person.get_score_receipt()["score"], self.person.score)
        self._touch(self.person)
        self.env["crm.touchpoint"]._digest(0)

    def test_its_form_and_list_open_and_it_can_be_mended(self):
        self._break()
        self.assertEqual((self.good | self.broken).mapped("match_count"), [1, 0])
        preview = (
            self.env["crm.score.policy"]
            .with_user(self.manager)
            .get_score_preview("crm.score.rule", self.good.id, {"points": 90})
        )
        self.assertEqual(preview["after"]["count"], preview["before"]["count"])
        self.assertFalse(self.broken.problem, "a preview writes nothing")
        self.env["crm.score.backtest"].with_user(self.marketing).create({})
        matches = self.broken.with_user(self.manager).action_open_matches()
        self.assertEqual(matches["domain"], [("id", "in", [])])
        self.lead_policy._refresh()
        self.broken.with_user(self.manager).domain = "[('city', '=', 'Nice')]"
        self.assertFalse(self.broken.problem)

    def test_filter_means_the_same_in_every_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        stage = self.env["crm.stage"].create({"name": "Tasting"})
        stage.with_context(lang="fr_FR").name = "Dégustation"
        self.broken.domain = "[('stage_id.name', '=', 'Tasting')]"
        self.person.stage_id = stage
        self.person.with_context(lang="fr_FR")._refresh_scores()
        self.assertEqual(self.person.score_fit, 57)

    def test_filter_cannot_tell_what_its_author_may_not_read(self):
        rules = self.rules.with_user(self.manager)
        domain = "[('user_ids.totp_secret', 'like', 'A')]"
        values = {"name": "Spy", "target": "res.partner", "domain": domain}
        with self.assertRaises(ValidationError):
            rules.create(values)
        with self.assertRaises(ValidationError):
            self.env["crm.score.policy"].with_user(self.manager).get_score_preview(
                "crm.score.rule", False, {**values, "kind": "domain", "component": "fit"}
            )

    @mute_logger("odoo.sql_db")
    def test_numbers_that_no_score_has_room_for(self):
        for values in (
            {"domain": "[]", "points": 2**31 - 1},
            {"event": "clicked", "window_days": 2**31 - 1},
            {"event": "clicked", "half_life_days": 2**31 - 1},
            {"event": "clicked", "max_points": 2**31 - 1},
        ):
            with self.subTest(values=values), self.assertRaises(CheckViolation):
                self._rule(**values)
        for values in ({"weight_fit": 2**30}, {"rest_months": 2**31 - 1}):
            with (
                self.subTest(values=values),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.lead_policy.write(values)
                self.env.flush_all()
            self.env.invalidate_all()
        self._rule(domain="[]", points=1000), self._rule(domain="[]", points=1000)
        self._rule(event="clicked", points=-1000, window_days=36500, half_life_days=36500)
        self.lead_policy.write({"weight_fit": 1000, "weight_engagement": 0})
        self._touch(self.person)
        self.lead_policy._refresh()
        self.assertEqual((self.person.score, self.person.score_engagement), (100, 0))

    def test_one_target_does_not_stop_the_other(self):
        model = self.registry["crm.score.policy"]
        refresh = model._refresh

        def failing(policy, *args):
            if policy.target == "crm.lead":
                raise SerializationFailure("somebody else was writing")
            return refresh(policy, *args)

        self.partner_policy.refreshed_at = False
        with (
            patch.object(model, "_refresh", failing),
            self.committing(self.env["crm.score.policy"]) as policies,
        ):
            policies._cron_refresh()
        self.assertTrue(self.partner_policy.refreshed_at)
