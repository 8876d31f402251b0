from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import QualificationCase

LOGS = (
    "crm.qualification.answer",
    "crm.qualification.handover",
    "crm.qualification.handover.report",
)
SETUP = (
    "crm.qualification.framework",
    "crm.qualification.criterion",
    "crm.qualification.question",
)


@tagged("post_install", "-at_install")
class TestQualificationAccess(QualificationCase):
    """Who sees and changes what, in one table."""

    def _qualified(self, **values):
        lead = self._lead(bant_timeline="partial", team_id=self.team.id, **values)
        lead.action_hand_over()
        self.env.flush_all()
        return lead

    def _outsiders(self):
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "qualification_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        return portal, self.env.ref("base.public_user"), self.employee

    def test_logs(self):
        leads = [
            self._qualified(user_id=user) for user in (self.salesman.id, self.colleague.id, False)
        ]
        sees = {
            self.marketing: (True, True, True),
            self.manager: (True, True, True),
            self.salesman: (True, False, True),
            self.colleague: (False, True, True),
        }
        for model in LOGS:
            for user, expected in sees.items():
                found = self.env[model].with_user(user).search([("id", ">", 0)]).lead_id
                self.assertEqual(tuple(lead in found for lead in leads), expected, (model, user))

    def test_outsiders_see_nothing(self):
        lead = self._qualified()
        for user in self._outsiders():
            for model in (*LOGS, *SETUP):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([("id", ">", 0)])
            with self.assertRaises(AccessError):
                lead.with_user(user).read(["bant_timeline"])
            with self.assertRaises(AccessError):
                lead.with_user(user).action_accept_lead()

    def test_nobody_forges_the_log(self):
        lead = self._qualified()
        for model, values in (
            (LOGS[0], {"lead_id": lead.id, "criterion": "bant_need", "value": "no"}),
            (LOGS[1], {"lead_id": lead.id, "event": "accepted", "date": "2026-01-01"}),
        ):
            for user in (self.salesman, self.marketing, self.manager):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).create(values)

    def test_nobody_forges_a_hand_over(self):
        values = {"handover_state": "accepted", "handover_date": "2026-01-01"}
        lead = self._lead(user_id=self.salesman.id)
        for user in (self.salesman, self.manager):
            lead.with_user(user).write(values)
            self.assertFalse(lead.handover_state or lead.handover_date)
            context = {"handover_step": True, "qualification_merge": True}
            lead.with_user(user).with_context(**context).write(values)
            new = self.env["crm.lead"].with_user(user).create({"name": "New", **values})
            self.assertFalse(lead.handover_state or new.handover_state)
        lead.with_user(self.marketing).action_hand_over()
        self.assertEqual(lead.handover_state, "waiting")
        lead.with_user(self.salesman).write({"handover_state": False, "city": "Lyon"})
        self.assertEqual((lead.handover_state, lead.city), ("waiting", "Lyon"))
        lead.with_user(self.salesman).action_accept_lead()
        self.assertEqual(lead.handover_state, "accepted")

    def test_hand_over_survives_a_merge_by_a_user(self):
        leads = self._lead(user_id=self.salesman.id) | self._lead(user_id=self.salesman.id)
        leads[1].with_user(self.marketing).action_hand_over()
        merged = leads.with_user(self.marketing).merge_opportunity()
        self.assertEqual(merged.handover_state, "waiting")

    def test_salesman_answers_for_own_leads_only(self):
        lead = self._lead(user_id=self.colleague.id)
        with self.assertRaises(AccessError):
            lead.with_user(self.salesman).bant_need = "no"
        with self.assertRaises(AccessError):
            lead.with_user(self.salesman).action_confirm_answers(["bant_need"])

    def test_setup_is_changed_by_managers(self):
        question = self.env.ref("crm_lifecycle.question_bant_need_1")
        for user in (self.salesman, self.marketing):
            self.assertTrue(question.with_user(user).text)
            with self.assertRaises(AccessError):
                question.with_user(user).text = "Mine?"
        question.with_user(self.manager).text = "What is missing today?"
        reasons = self.env["crm.lost.reason"].with_user(self.manager)
        self.assertTrue(reasons.create({"name": "Other", "rejection_outcome": "junk"}))

    def test_two_companies(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        team = self.env["crm.team"].create({"name": "There", "company_id": elsewhere.id})
        lead = self._lead(company_id=elsewhere.id, team_id=team.id, bant_timeline="partial")
        lead.action_hand_over()
        self.env.flush_all()
        for model in LOGS:
            domain = [("lead_id", "=", lead.id)]
            found = self.env[model].with_user(self.marketing)
            self.assertFalse(found.search(domain), model)
        self.marketing.company_ids |= elsewhere
        both = {"allowed_company_ids": self.marketing.company_ids.ids}
        for model in LOGS:
            found = self.env[model].with_user(self.marketing).with_context(**both)
            self.assertTrue(found.search(domain), model)
            self.assertEqual(found.search(domain).company_id, elsewhere)
