import random

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.qualification import criteria, verdict
from .common import QualificationCase


@tagged("post_install", "-at_install")
class TestFramework(QualificationCase):
    """Weights, thresholds and questions, and what a change of them does to all leads."""

    def test_records_are_the_defaults(self):
        self.assertEqual(self.bant._frameworks(), verdict.DEFAULTS)

    def _random_leads(self, chance, count=400):
        values = ("no", "partial", "confirmed", False, False)
        vals = [
            {
                "name": f"Random {number}",
                "qualification_framework": chance.choice(("bant", "champ")),
                **{name: chance.choice(values) for name in criteria.ANSWERS},
            }
            for number in range(count)
        ]
        return self.env["crm.lead"].create(vals)

    def _change(self, chance, framework):
        """Draw other weights, knock-outs and limits."""
        weights = [chance.randint(0, 50) for _line in framework.criterion_ids]
        weights[chance.randrange(4)] = chance.randint(1, 99)
        framework.write(
            {
                "threshold": chance.randint(1, 100),
                "partial_share": chance.randint(0, 100),
                "criterion_ids": [
                    Command.update(line.id, {"weight": w, "knockout": chance.random() < 0.3})
                    for line, w in zip(framework.criterion_ids, weights, strict=True)
                ],
            }
        )

    def _recount(self, leads):
        """Check the columns of the database against the pure functions."""
        frameworks = self.bant._frameworks()
        self.env.flush_all()
        leads.invalidate_recordset()
        for lead in leads:
            answers = {name: lead[name] for name in criteria.ANSWERS}
            expected = verdict.results(frameworks, lead.qualification_framework, answers)
            self.assertEqual({name: lead[name] for name in expected}, expected)

    def test_sql_is_python_on_random_answers_and_weights(self):
        chance = random.Random(4)
        leads = self._random_leads(chance)
        self._recount(leads)
        for _turn in range(6):
            for framework in (self.bant, self.champ):
                self._change(chance, framework)
            self._recount(leads)

    def _places(self, leads):
        """Give where the database keeps each row; a written row moves."""
        self.env.flush_all()
        self.env.cr.execute("SELECT id, ctid::text FROM crm_lead WHERE id IN %s", [leads._ids])
        return dict(self.env.cr.fetchall())

    def test_only_changed_rows_are_written(self):
        self.assertEqual(self.bant._refresh_leads(), 0)
        leads = self._random_leads(random.Random(5), count=60)
        leads |= self._leads(2, **dict.fromkeys(criteria.FRAMEWORKS["bant"], "confirmed"))
        results = {lead: lead._qualification_results(lead) for lead in leads}
        before = self._places(leads)
        self._criterion("bant_timeline").weight = 21
        after = self._places(leads)
        written = leads.filtered(lambda lead: before[lead.id] != after[lead.id])
        changed = leads.filtered(lambda lead: results[lead] != lead._qualification_results(lead))
        self.assertEqual(written, changed)
        self.assertTrue(leads - changed)
        self.assertTrue(changed)
        self.assertEqual(self.bant._refresh_leads(), 0)

    def test_cost_does_not_grow_with_the_leads(self):
        def cost():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.bant._refresh_leads()
            return self.env.cr.sql_log_count - before

        self._leads(1, bant_budget="partial")
        few = cost()
        self._leads(200, bant_budget="partial")
        self.assertEqual(cost(), few)

    def test_change_wakes_the_rules(self):
        cron = self.env.ref("crm_lifecycle.ir_cron_lifecycle_rules")
        lead = self._lead(bant_budget="confirmed", bant_need="confirmed")
        self.assertEqual(lead.qualification_state, "partial")
        self._age("crm_qualification_answer", 0, lead)
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.bant.threshold = 50
        self.assertEqual(lead.qualification_state, "qualified")
        self.assertGreater(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), triggers
        )

    def test_rule_in_the_night(self):
        rule = self.env.ref("crm_lifecycle.rule_qualified")
        lead = self._lead(bant_budget="confirmed", bant_need="confirmed")
        back, moved_back = self._leads(2, bant_budget="confirmed", bant_need="confirmed")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET lifecycle_date = lifecycle_date - interval '1 day' WHERE id IN %s",
            [(lead | back)._ids],
        )
        self.env.cr.execute(
            "UPDATE crm_lead SET lifecycle_date = lifecycle_date + interval '1 second'"
            " WHERE id = %s",
            [moved_back.id],
        )
        self.env.invalidate_all()
        self.bant.threshold = 50
        due = self.env["crm.lead"].search(rule._due_domain())
        self.assertEqual(due & (lead | back | moved_back), lead | back)

    def test_bad_numbers_are_refused(self):
        for values in ({"threshold": 0}, {"threshold": 101}, {"partial_share": -1}):
            refused = self.assertRaises(IntegrityError)
            with mute_logger("odoo.sql_db"), refused, self.env.cr.savepoint():
                self.bant.write(values)
                self.env.flush_all()
        for record, values in (
            (self.bant.criterion_ids[0], {"weight": 2**30}),
            (self.env.company, {"qualification_stale_days": 2**31 - 1}),
            (self.env.company, {"handover_hours": 10**9}),
            (self.env["crm.team"].create({"name": "Slow"}), {"handover_hours": 10**9}),
        ):
            refused = self.assertRaises(IntegrityError)
            with mute_logger("odoo.sql_db"), refused, self.env.cr.savepoint():
                record.write(values)
                self.env.flush_all()
            self.env.invalidate_all()
        with self.assertRaises(ValidationError):
            self.bant.write(
                {
                    "criterion_ids": [
                        Command.update(line.id, {"weight": 0}) for line in self.bant.criterion_ids
                    ]
                }
            )

    def test_no_context_of_a_user_skips_the_check_of_the_weights(self):
        lines = self.bant.with_user(self.manager).criterion_ids
        with self.assertRaises(ValidationError):
            lines.with_context(qualification_refresh=True).write({"weight": 0})

    def test_last_weight_cannot_be_taken_away(self):
        lines = self.bant.criterion_ids
        lines[:3].write({"weight": 0})
        with self.assertRaises(ValidationError):
            lines[3].weight = 0

    def test_weights_can_change_places_in_one_go(self):
        lines = self.bant.criterion_ids
        lines[1:].write({"weight": 0})
        self.bant.write(
            {
                "criterion_ids": [
                    Command.update(lines[0].id, {"weight": 0}),
                    Command.update(lines[3].id, {"weight": 5}),
                ]
            }
        )
        self.assertEqual(self._lead(bant_timeline="confirmed").bant_score, 100)

    def test_only_managers_change_frameworks(self):
        for user in (self.salesman, self.marketing):
            with self.assertRaises(AccessError):
                self.bant.with_user(user).threshold = 10
        self.bant.with_user(self.manager).threshold = 10
        self._criterion("bant_need").with_user(self.manager).weight = 40
        with self.assertRaises(AccessError):
            self.bant.with_user(self.manager).unlink()


@tagged("post_install", "-at_install")
class TestTeamFramework(QualificationCase):
    """A team chooses its framework."""

    def test_new_leads_take_the_framework_of_their_team(self):
        self.team.qualification_framework = "champ"
        lead = self._lead(team_id=self.team.id)
        self.assertEqual(lead.qualification_framework, "champ")
        self.assertEqual(lead.qualification_missing, "challenges, authority, money, prioritization")
        self.assertEqual(self._lead(team_id=False).qualification_framework, "bant")
        given = self._lead(team_id=self.team.id, qualification_framework="bant")
        self.assertEqual(given.qualification_framework, "bant")

    def test_lead_follows_its_team_until_it_is_answered(self):
        self.team.qualification_framework = "champ"
        new, begun = self._leads(2, team_id=False)
        begun.bant_timeline = "partial"
        (new | begun).write({"team_id": self.team.id})
        self.assertEqual(new.qualification_framework, "champ")
        self.assertEqual(begun.qualification_framework, "bant")

    def test_leads_without_answers_follow_a_change_of_the_team(self):
        new, begun = self._leads(2, team_id=self.team.id)
        begun.bant_timeline = "partial"
        other = self._lead(team_id=False)
        self.team.qualification_framework = "champ"
        self.assertEqual(new.qualification_framework, "champ")
        self.assertEqual(new.qualification_missing.split(", ")[0], "challenges")
        self.assertEqual((begun | other).mapped("qualification_framework"), ["bant", "bant"])
