from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ScoringCase


@tagged("post_install", "-at_install")
class TestScoreRule(ScoringCase):
    def setUp(self):
        super().setUp()
        self.leads = self._lead(city="Lyon") | self._lead(city="Lyon") | self._lead(city="Paris")

    def test_how_many_records_match_now(self):
        rule = self._rule(domain="[('city', '=', 'Lyon')]", points=5)
        before = self.env["crm.lead"].search_count(
            [("city", "=", "Lyon"), ("won_status", "=", "pending")]
        )
        self.assertEqual(rule.match_count, before)
        rule.active = False
        rule.invalidate_recordset()
        self.assertEqual(rule.match_count, before, "off, but it would")
        self.assertLessEqual(
            self.leads[:2], self.env["crm.lead"].search(rule.action_open_matches()["domain"])
        )

    def test_touchpoints_and_silences_match_too(self):
        click = self._rule(event="clicked", points=5)
        silent = self._rule(kind="silence", points=-5, window_days=30)
        self._created(self.leads, 40)
        self._touch(self.leads[0])
        self.env.invalidate_all()
        self.assertEqual(click.match_count, 1)
        found = self.env["crm.lead"].search(silent.action_open_matches()["domain"])
        self.assertEqual(found & self.leads, self.leads[1:])

    def test_matches_of_many_rules_are_counted_together(self):
        rules = self._rule(domain="[('city', '=', 'Lyon')]") | self._rule(event="clicked")
        rules |= self._rule(domain="[('city', '=', 'Paris')]", points=0)
        # whether anybody objects to profiles is asked once, and then known
        rules.mapped("match_count")
        counts = []
        for records in (rules[:1], rules):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            records.mapped("match_count")
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(*counts)

    def test_the_form_counts_before_it_is_saved(self):
        with Form(self.rules.with_user(self.manager)) as form:
            form.name = "Lyon"
            form.domain = f"[('city', '=', 'Lyon'), ('id', 'in', {self.leads.ids})]"
            self.assertEqual(form.match_count, 2)
            form.domain = "[('city', '=', "
            self.assertEqual(form.match_count, 0)
            form.domain = "[]"

    @mute_logger("odoo.sql_db")
    def test_rules_that_make_no_sense_are_refused(self):
        for values in (
            {"domain": "[('nothing', '=', 1)]"},
            {"domain": "[('city', '=', "},
            {"domain": "[('city', '=', user.id)]"},
            {"domain": "[('score', '>', 5)]"},
            {"domain": "[('partner_id.score_temperature', '=', 'hot')]"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._rule(**values)
        for values in (
            {"kind": "touchpoint"},
            {"kind": "silence"},
            {"event": "clicked", "half_life_days": -1},
        ):
            with self.subTest(values=values), self.assertRaises(CheckViolation):
                self._rule(**values)

    def test_shipped_rules_work(self):
        self.rules.with_context(active_test=False).search([("id", ">", 0)]).active = True
        for target, count in (("crm.lead", 22), ("res.partner", 21)):
            rules = self.rules.search([("target", "=", target)])
            self.assertEqual(
                len(rules.filtered(lambda rule: rule.get_external_id()[rule.id])), count
            )
            rules._check_domain()
            self.assertTrue(all(rule._is_complete() for rule in rules))
        director = self._lead(
            function="Directrice commerciale",
            contact_name="Camille",
            partner_name="Boulangerie",
            email_from="camille@boulangerie.example.com",
            phone="+33612345678",
            city="Lyon",
            country_id=self.env.company.country_id.id,
        )
        free = self._lead(email_from="somebody@gmail.com")
        self._touch(director, event="submitted")
        self._touch(director, event="clicked", days=2)
        (director | free)._refresh_scores()
        self.assertGreaterEqual(director.score_fit, 80)
        self.assertEqual(director.score_temperature, "warm")
        self.assertEqual((free.score_fit, free.score_temperature), (0, "junk"))
