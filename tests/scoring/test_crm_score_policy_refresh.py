from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import NOW, ScoringCase


@tagged("post_install", "-at_install")
class TestRefresh(ScoringCase):
    """What is written, and what is not."""

    def setUp(self):
        super().setUp()
        self._rule(name="Lyon", domain="[('city', '=', 'Lyon')]", points=60)
        self._rule(name="Click", event="clicked", points=20, half_life_days=30, window_days=90)
        self.lyon, self.paris = self._lead(city="Lyon"), self._lead(city="Paris")

    def _score(self, record):
        domain = [(record._score_subject, "=", record.id)]
        return self.env["crm.score"].sudo().search(domain)

    def test_parts_and_score(self):
        self._touch(self.lyon, days=30)
        self.lead_policy._refresh()
        self.assertEqual((self.lyon.score_fit, self.lyon.score_engagement), (60, 10))
        self.assertEqual(self.lyon.score, round((30 * 60 + 40 * 10) / 70))
        self.assertEqual(self.lyon.score_temperature, "cold")
        self.assertEqual((self.paris.score, self.paris.score_temperature), (0, "junk"))

    def test_the_qualification_counts_when_there_is_one(self):
        self.lyon.write(dict.fromkeys(("bant_budget", "bant_authority"), "confirmed"))
        self.assertTrue(self.lyon.qualification_score)
        score = self.lyon.qualification_score
        self.assertEqual(self.lyon.score, int((30 * 60 + 30 * score) / 100 + 0.5), "at once")
        self.assertEqual(self._score(self.lyon).qualification, score)
        self.lyon.write(dict.fromkeys(("bant_budget", "bant_authority"), False))
        self.assertEqual(self.lyon.score, int(30 * 60 / 70 + 0.5))

    def test_a_part_without_rules_does_not_count(self):
        self.rules.search([("component", "=", "engagement")]).active = False
        self.lead_policy._refresh()
        self.assertEqual((self.lyon.score, self._score(self.lyon).engagement), (60, 0))
        self.rules.search([("component", "=", "fit")]).active = False
        self.lead_policy._refresh()
        self.assertEqual(self.lyon.score, 0)

    def test_a_second_run_writes_nothing(self):
        self._touch(self.lyon, days=30)
        first = self.lead_policy._refresh()
        self.assertEqual((first["added"], first["changed"]), (first["records"], 0))
        self.env.cr.execute("SELECT id, xmin, ctid FROM crm_score ORDER BY id")
        before = self.env.cr.fetchall()
        with freeze_time(NOW + timedelta(hours=9)):
            again = self.lead_policy._refresh()
        for name in ("added", "changed", "removed", "history"):
            self.assertEqual(again[name], 0)
        self.env.cr.execute("SELECT id, xmin, ctid FROM crm_score ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_only_whole_points_that_changed_are_written(self):
        self._touch(self.lyon, days=10)
        self.lead_policy._refresh()
        with freeze_time(NOW + timedelta(days=1)):
            again = self.lead_policy._refresh()
            self.assertEqual((again["changed"], again["history"]), (0, 0))
        with freeze_time(NOW + timedelta(days=20)):
            again = self.lead_policy._refresh()
        self.assertEqual((again["changed"], again["history"]), (1, 1))
        self.assertEqual(len(self._history(self.lyon)), 2)

    def test_old_touchpoints_bots_and_others_do_not_count(self):
        self._touch(self.lyon, days=91)
        self._touch(self.lyon, is_bot=True)
        self._touch(self.lyon, event="opened")
        self._touch(self.lyon, days=-3)
        self.lead_policy._refresh()
        self.assertEqual(self.lyon.score_engagement, 0)

    def test_single_records_alone(self):
        self.lead_policy._refresh()
        before = self._score(self.paris).date
        with freeze_time(NOW + timedelta(days=1)):
            self._touch(self.lyon)
            self._touch(self.paris)
            result = self.lyon._refresh_scores()
        self.assertEqual((result["records"], result["changed"]), (1, 1))
        self.assertEqual(self.lyon.score_engagement, 20)
        self.assertEqual((self.paris.score_engagement, self._score(self.paris).date), (0, before))
        self.assertEqual(self.env["crm.lead"]._refresh_scores(), {})

    def test_closed_leads_keep_their_score(self):
        won = self._lead(city="Lyon", type="opportunity")
        (self.lyon | won)._refresh_scores()
        score = won.score
        won.action_set_won()
        self.lyon.action_set_lost()
        self.rules.search([("name", "=", "Lyon")]).points = 5
        self.lead_policy._refresh()
        self.assertEqual((won.score, self.lyon.score), (score, score))
        self.lyon.action_restore()
        self.lead_policy._refresh()
        self.assertLess(self.lyon.score, score)

    def test_contacts_in_the_lifecycle_alone(self):
        self._rule(target="res.partner", domain="[]", points=50)
        inside = self._contact(lifecycle_stage_id=self.lead.id)
        outside = self._contact()
        own = self.env.company.partner_id
        self.partner_policy._refresh()
        self.assertEqual((inside.score, inside.score_temperature), (50, "warm"))
        self.assertFalse((outside | own).filtered("score_temperature"))
        inside.lifecycle_stage_id = False
        self.assertEqual(self.partner_policy._refresh()["removed"], 1)
        self.assertFalse(inside.score_temperature)

    def test_who_may_not_be_profiled_has_no_score(self):
        contact = self._contact(lifecycle_stage_id=self.lead.id)
        self._rule(target="res.partner", domain="[]", points=50)
        lead = self._lead(partner_id=contact.id, city="Lyon")
        contact._refresh_scores()
        lead._refresh_scores()
        self.assertTrue(contact.score and lead.score)
        people = type(self.env["res.partner"])
        allowed = Domain("id", "!=", contact.id)
        with patch.object(people, "_profiling_domain", lambda self: allowed):
            self.env.invalidate_all()
            self.assertFalse(contact.score or lead.score, "from that moment")
            for model in ("crm.score", "crm.score.history", "crm.score.report"):
                mine = ["|", ("lead_id", "=", lead.id), ("partner_id", "=", contact.id)]
                self.assertFalse(self.env[model].search(mine))
            self.assertFalse(self.env["crm.lead"].search([("id", "=", lead.id), ("score", ">", 0)]))
            for policy in (self.partner_policy, self.lead_policy):
                self.assertEqual(policy._refresh()["removed"], 1)
            self.assertIsNone(contact._score_receipt())
            self.assertIsNone(lead._score_receipt())
        self.assertFalse(contact.score or lead.score)

    def test_rules_of_a_company_count_for_its_records(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._rule(domain="[]", points=7, company_id=other.id)
        theirs = self._lead(company_id=other.id, user_id=False, team_id=False)
        ours = self._lead(company_id=self.env.company.id)
        shared = self._lead(company_id=False, user_id=False, team_id=False)
        self.lead_policy._refresh()
        self.assertEqual([lead.score_fit for lead in theirs | ours | shared], [7, 0, 0])

    def test_history_keeps_what_odoo_predicted(self):
        self.lyon._refresh_scores()
        row = self.lyon.sudo().score_history_ids
        self.assertEqual(row.odoo_probability, self.lyon.automated_probability)
        self.assertEqual((row.score, row.temperature), (self.lyon.score, "cold"))
        for action in (row.unlink, lambda: row.write({"score": 1})):
            with self.assertRaises(UserError):
                action()

    def test_a_first_answer_of_no_points_counts_at_once(self):
        self._rule(domain="[]", points=60)
        self.lead_policy._refresh()
        lead = self._lead()
        lead._refresh_scores()
        before = lead.score
        # from nothing, whose weight goes to the other parts, to a qualification of 0
        lead.bant_timeline = "no"
        self.assertLess(lead.score, before)

    def test_new_touchpoints_refresh_the_score(self):
        self.lead_policy._refresh()
        last = self.env["crm.touchpoint"]._last_id()
        self._touch(self.lyon)
        self.env["crm.touchpoint"]._digest(last)
        self.assertEqual(self.lyon.score_engagement, 20)

    def test_a_logged_call_refreshes_the_score(self):
        self._rule(event="called", points=15)
        self.lead_policy._refresh()
        self.env["crm.touchpoint"].log("phone", "called", lead_id=self.lyon.id)
        self.assertEqual(self.lyon.score_engagement, 15)

    def test_a_reaction_has_the_touchpoints_read_soon(self):
        cron = self.env.ref("crm_lifecycle.ir_cron_touchpoint_harvest")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self.env["crm.lifecycle.rule"]._fire("response", "crm.lead", self.lyon.ids)
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), before + 1)

    def test_two_refreshes_of_all_do_not_run_at_once(self):
        with self.registry.cursor() as other:
            for name in ("single", "all"):
                other.execute(
                    "SELECT pg_advisory_xact_lock(hashtext(%s), %s)",
                    (f"crm_score_policy {name}", self.lead_policy.id),
                )
            self.assertEqual(self.lyon._refresh_scores(), {}, "it steps aside")
            with self.assertRaisesRegex(UserError, "Try again"):
                self.lead_policy._refresh()
        self.assertTrue(self.lead_policy._refresh()["records"])

    def test_the_cron_refreshes_all_and_applies_the_rules(self):
        with self.committing(self.env["crm.score.policy"]) as policies:
            policies._cron_refresh()
        self.assertEqual(self.lyon.score_fit, 60)
        self.assertTrue(self.lead_policy.refreshed_at)
        self.assertFalse(self.lead_policy.is_stale)
        self.assertGreaterEqual(self.lead_policy.record_count, 2)

    def test_the_scores_do_not_follow_until_the_next_refresh(self):
        for change in (
            lambda: self.rules.search([("name", "=", "Lyon")], limit=1).write({"points": 5}),
            lambda: self._rule(domain="[]", points=5),
            lambda: self.rules.search([("name", "=", "Click")], limit=1).unlink(),
            lambda: self.lead_policy.write({"hot_from": 65}),
        ):
            self.lead_policy._refresh()
            self.assertFalse(self.lead_policy.is_stale)
            change()
            self.assertTrue(self.lead_policy.is_stale)

    @mute_logger("odoo.sql_db")
    def test_settings_that_make_no_sense_are_refused(self):
        for values in ({"junk_below": 50}, {"hot_from": 101}, {"warm_from": 70}):
            with self.subTest(values=values), self.assertRaisesRegex(ValidationError, "must rise"):
                self.lead_policy.write(values)
        for values in ({"weight_fit": -1}, {"weight_fit": 0, "weight_engagement": 0}):
            with self.subTest(values=values), self.assertRaises(CheckViolation):
                self.lead_policy.write(values)
                self.env.flush_all()

    def test_settings_page(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.score_lead_hot_from, 70)
        settings.score_lead_hot_from = 80
        settings.execute()
        self.assertEqual(self.lead_policy.hot_from, 80)

    def test_settings_page_raises_and_lowers_all_thresholds(self):
        for junk, warm, hot in ((75, 85, 95), (1, 2, 3)):
            form = self.env["res.config.settings"].create(
                {
                    "score_lead_junk_below": junk,
                    "score_lead_warm_from": warm,
                    "score_lead_hot_from": hot,
                }
            )
            form.execute()
            policy = self.lead_policy
            found = (policy.junk_below, policy.warm_from, policy.hot_from)
            self.assertEqual(found, (junk, warm, hot))
        with self.assertRaisesRegex(ValidationError, "must rise"):
            self.env["res.config.settings"].create({"score_lead_warm_from": 99}).execute()

    def test_as_many_queries_for_one_as_for_hundred(self):
        leads = self.env["crm.lead"].create([{"name": f"{n}", "city": "Lyon"} for n in range(100)])
        leads[:1]._refresh_scores()
        counts = []
        for records in (leads[1:2], leads[2:]):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            records._refresh_scores()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(*counts)
