from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import NOW, ScoringCase


@tagged("post_install", "-at_install")
class TestHot(ScoringCase):
    """Becoming hot starts an activity for the person in charge, once."""

    def setUp(self):
        super().setUp()
        self.lyon = self._rule(domain="[('city', '=', 'Lyon')]", points=90)
        self._rule(target="res.partner", domain="[('city', '=', 'Lyon')]", points=90)
        for policy in (self.lead_policy, self.partner_policy):
            policy.hot_activity_type_id = self.env.ref("mail.mail_activity_data_call")
            policy._refresh()

    def _activities(self, record):
        return self.env["mail.activity"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )

    def test_the_salesperson_is_told_once(self):
        lead = self._lead(user_id=self.salesman.id, city="Nice")
        lead._refresh_scores()
        self.assertFalse(self._activities(lead))
        lead.city = "Lyon"
        lead._refresh_scores()
        activity = self._activities(lead)
        self.assertEqual(activity.user_id, self.salesman)
        self.assertEqual(activity.summary, "Has become hot")
        lead.city = "Nice"
        lead._refresh_scores()
        lead.city = "Lyon"
        lead._refresh_scores()
        self.assertEqual(self._activities(lead), activity, "the call is still to be made")
        activity.action_done()
        lead._refresh_scores()
        self.assertFalse(self._activities(lead), "still hot is not becoming hot")

    def test_told_again_when_the_last_time_is_done(self):
        lead = self._lead(user_id=self.salesman.id, city="Lyon")
        lead._refresh_scores()
        self._activities(lead).action_done()
        lead.city = "Nice"
        self.lead_policy._refresh()
        lead.city = "Lyon"
        self.lead_policy._refresh()
        self.assertEqual(len(self._activities(lead)), 1)

    def test_told_in_ones_own_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.salesman.lang = "fr_FR"
        lead = self._lead(user_id=self.salesman.id, city="Lyon")
        lead._refresh_scores()
        self.assertEqual(self._activities(lead).summary, "Est devenu chaud")

    def test_the_head_of_the_team_or_nobody(self):
        team = self.env["crm.team"].create({"name": "Team", "user_id": self.colleague.id})
        with_team = self._lead(user_id=False, team_id=team.id, city="Lyon")
        alone = self._lead(user_id=False, team_id=False, city="Lyon")
        (with_team | alone)._refresh_scores()
        self.assertEqual(self._activities(with_team).user_id, self.colleague)
        self.assertFalse(self._activities(alone))

    def test_the_first_refresh_of_all_finds_out_and_tells_nobody(self):
        lead = self._lead(user_id=self.salesman.id, city="Lyon")
        self.lead_policy.refreshed_at = False
        self.lead_policy._refresh()
        self.assertEqual(lead.score_temperature, "hot")
        self.assertFalse(self._activities(lead))

    def test_no_activity_where_none_is_wanted(self):
        self.lead_policy.hot_activity_type_id = False
        lead = self._lead(user_id=self.salesman.id, city="Lyon")
        lead._refresh_scores()
        self.assertFalse(self._activities(lead))

    def test_a_contact_with_an_open_lead_is_told_by_the_lead(self):
        values = {"user_id": self.salesman.id, "lifecycle_stage_id": self.lead.id}
        pursued, other = self._contact(city="Lyon", **values), self._contact(city="Lyon", **values)
        self._lead(partner_id=pursued.id)
        (pursued | other)._refresh_scores()
        self.assertFalse(self._activities(pursued))
        self.assertEqual(self._activities(other).user_id, self.salesman)

    def test_many_become_hot_in_a_few_queries(self):
        def become_hot(count):
            leads = self.env["crm.lead"].create(
                [{"name": f"{n}", "user_id": self.salesman.id} for n in range(count)]
            )
            leads._refresh_scores()
            leads.city = "Lyon"
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            leads._refresh_scores()
            self.env.flush_all()
            self.assertEqual(len(self._activities(leads[-1])), 1)
            return self.env.cr.sql_log_count - start

        few, many = become_hot(5), become_hot(50)
        self.assertLess(many, few + 100, "about two for each activity, as Odoo has it")


@tagged("post_install", "-at_install")
class TestLifecycleRules(ScoringCase):
    """Rules that wait for a score."""

    def setUp(self):
        super().setUp()
        self._rule(domain="[('city', '=', 'Lyon')]", points=80)
        self._rule(domain="[('city', '=', 'Paris')]", points=60)
        self._rule(event="clicked", points=20, component="fit")
        self.rule = self.env.ref("crm_lifecycle.rule_score_mql_lead")
        self.rule.active = True

    def _way(self, record):
        return [row.cause for row in self.moves(record)]

    def test_ready_rules_are_off_and_work(self):
        self.rule.active = False
        shipped = [
            self.env.ref(f"crm_lifecycle.rule_score_{name}")
            for name in ("mal_lead", "mql_lead", "mal_partner", "mql_partner")
        ]
        self.assertFalse(any(rule.active for rule in shipped))
        lead = self._lead(city="Lyon", lifecycle_stage_id=self.lead.id)
        lead._refresh_scores()
        self.assertEqual(lead.lifecycle_stage_id, self.lead)
        shipped[0].active = True
        with self.committing(shipped[0]) as rule:
            rule._apply()
        self.assertWay(lead, "lead", "mal")
        self.assertEqual(self._way(lead)[-1], "score")

    def test_at_once_when_the_score_rises(self):
        lead = self._lead(city="Paris", lifecycle_stage_id=self.lead.id)
        lead._refresh_scores()
        self.assertEqual(lead.lifecycle_stage_id, self.lead)
        self._touch(lead)
        lead._refresh_scores()
        self.assertWay(lead, "lead", "mql")

    def test_every_night_with_all_the_others(self):
        leads = self._lead(city="Lyon", lifecycle_stage_id=self.mal.id)
        leads |= self._lead(city="Lyon", lifecycle_stage_id=self.suspect.id)
        leads |= self._lead(city="Lyon", lifecycle_stage_id=self.prospect.id)
        with self.committing(self.env["crm.score.policy"]) as policies:
            policies._cron_refresh()
        self.assertEqual(leads.lifecycle_stage_id, self.mql | self.suspect | self.prospect)

    def test_who_was_moved_back_stays_until_the_score_rises_again(self):
        lead = self._lead(city="Lyon", lifecycle_stage_id=self.lead.id)
        lead._refresh_scores()
        self.assertEqual(lead.lifecycle_stage_id, self.mql)
        with freeze_time(NOW + timedelta(hours=1)):
            lead.lifecycle_stage_id = self.lead
            self.assertFalse(self.rule._due())
        with freeze_time(NOW + timedelta(days=2)):
            self._touch(lead)
            self.lead_policy._refresh()
            self.assertIn(lead.id, self.rule._due())
            with self.committing(self.rule) as rule:
                rule._apply()
        self.assertEqual(lead.lifecycle_stage_id, self.mql)

    def test_contacts_too(self):
        rule = self.env.ref("crm_lifecycle.rule_score_mql_partner")
        rule.active = True
        self._rule(target="res.partner", domain="[('city', '=', 'Lyon')]", points=80)
        contact = self._contact(city="Lyon", lifecycle_stage_id=self.lead.id)
        contact._refresh_scores()
        self.assertEqual(contact.lifecycle_stage_id, self.mql)
        self.assertEqual(rule.transition_count, 1)

    def test_preview_and_bad_thresholds(self):
        self.rule.active = False
        lead = self._lead(city="Lyon", lifecycle_stage_id=self.lead.id)
        lead._refresh_scores()
        action = self.rule.with_user(self.manager).action_preview()
        self.assertIn(lead, self.env["crm.lead"].search(action["domain"]))
        for score in (0, 101):
            with self.assertRaises(ValidationError):
                self.rule.score_from = score
