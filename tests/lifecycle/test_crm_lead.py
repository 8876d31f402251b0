from ast import literal_eval

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import LifecycleCase


@tagged("post_install", "-at_install")
class TestSuspects(LifecycleCase):
    """The menus, and what marketing does to many suspects at once."""

    def test_menus_of_the_pipeline_do_not_show_suspects(self):
        suspect = self._lead(lifecycle_stage_id=self.suspect.id)
        lead = self._lead()
        opportunity = self._lead(type="opportunity")
        lost_way = self._lead(type="opportunity", lifecycle_stage_id=self.suspect.id)
        shown = {
            xmlid: self._shown(xmlid)
            for xmlid in (
                "crm.crm_lead_all_leads",
                "crm.crm_lead_action_pipeline",
                "crm.crm_lead_opportunities",
                "crm_lifecycle.crm_lead_suspect_action",
            )
        }
        self.assertIn(lead, shown["crm.crm_lead_all_leads"])
        self.assertNotIn(suspect, shown["crm.crm_lead_all_leads"])
        self.assertIn(opportunity, shown["crm.crm_lead_action_pipeline"])
        self.assertNotIn(lost_way, shown["crm.crm_lead_action_pipeline"])
        self.assertNotIn(lost_way, shown["crm.crm_lead_opportunities"])
        suspects = shown["crm_lifecycle.crm_lead_suspect_action"]
        self.assertEqual(suspects & (suspect | lead | opportunity | lost_way), suspect | lost_way)

    def _shown(self, xmlid):
        domain = self.env["ir.actions.act_window"]._for_xml_id(xmlid)["domain"]
        return self.env["crm.lead"].search(literal_eval(domain))

    def test_convert_to_lead(self):
        suspects = self.env["crm.lead"].browse(
            self._lead(lifecycle_stage_id=self.suspect.id).id for _ in range(3)
        )
        customer = self._lead(lifecycle_stage_id=self.customer.id)
        action = (suspects | customer).with_user(self.marketing).action_lifecycle_convert()
        self.assertIn("3", action["params"]["message"])
        self.assertEqual(suspects.lifecycle_stage_id, self.lead)
        self.assertEqual(customer.lifecycle_stage_id, self.customer)
        self.assertEqual(self.moves(suspects[0])[-1].cause, "manual")

    def test_automatic_assignment_leaves_suspects_alone(self):
        team = self.env["crm.team"].create(
            {
                "name": "Automatic",
                "use_leads": True,
                "crm_team_member_ids": [
                    Command.create({"user_id": self.salesman.id, "assignment_max": 100})
                ],
            }
        )
        values = {"user_id": False, "team_id": team.id, "probability": 20}
        suspect = self._lead(lifecycle_stage_id=self.suspect.id, **values)
        lead = self._lead(**values)
        team._assign_and_convert_leads(force_quota=True)
        self.assertEqual(lead.user_id, self.salesman)
        self.assertFalse(suspect.user_id)
        self.assertEqual(suspect.type, "lead")

    def test_assign_in_turn(self):
        suspects = self.env["crm.lead"].browse(
            self._lead(lifecycle_stage_id=self.suspect.id, user_id=False).id for _ in range(5)
        )
        suspects[4].user_id = self.manager
        people = self.salesman | self.colleague
        form = Form(
            self.env["crm.suspect.assign"]
            .with_user(self.marketing)
            .with_context(active_ids=suspects.ids)
        )
        form.user_ids.set(people)
        self.assertEqual((form.lead_count, form.kept_count), (4, 1))
        form.save().action_assign()
        self.assertEqual(suspects[4].user_id, self.manager)
        shares = [len(suspects.filtered(lambda lead, u=user: lead.user_id == u)) for user in people]
        self.assertEqual(shares, [2, 2])

    def test_assign_nobody_is_an_error(self):
        lead = self._lead(user_id=self.manager.id)
        wizard = self.env["crm.suspect.assign"].create(
            {"lead_ids": lead.ids, "user_ids": [Command.set(self.salesman.ids)]}
        )
        with self.assertRaises(UserError):
            wizard.action_assign()

    def test_stage_of_new_leads_is_that_of_the_company(self):
        self.env.company.lifecycle_lead_stage_id = self.mal
        self.assertWay(self._lead(), "mal")
        with Form(self.env["crm.lead"].with_context(default_type="lead")) as form:
            self.assertEqual(form.lifecycle_stage_id, self.mal)
            form.name = "New"

    def test_opportunity_is_never_hidden_among_suspects(self):
        self.env.ref("crm_lifecycle.rule_opportunity").active = False
        lead = self._lead(lifecycle_stage_id=self.suspect.id)
        lead.convert_opportunity(self._contact())
        self.assertWay(lead, "suspect", "lead")

    def test_stage_in_use_is_neither_archived_nor_deleted(self):
        with self.assertRaises(ValidationError):
            self.prospect.active = False
        self._lead(lifecycle_stage_id=self.mal.id)
        with self.assertRaises(UserError):
            self.mal.unlink()
        self.mal.active = False

    def test_stage_of_new_opportunities_follows_the_rule(self):
        rule = self.env.ref("crm_lifecycle.rule_opportunity")
        rule.to_stage_id = self.mql
        self.assertWay(self._lead(type="opportunity"), "mql")
        rule.active = False
        self.assertWay(self._lead(type="opportunity"), "lead")


@tagged("post_install", "-at_install")
class TestAccess(LifecycleCase):
    """Who sees and changes what, in one table."""

    def test_rights(self):
        own = self._lead(user_id=self.salesman.id)
        others = self._lead(user_id=self.colleague.id)
        nobodys = self._lead(user_id=False)
        rows = [lead.lifecycle_transition_ids for lead in (own, others, nobodys)]
        sees = {
            self.marketing: (True, True, True),
            self.manager: (True, True, True),
            self.salesman: (True, False, True),
            self.colleague: (False, True, True),
        }
        for user, expected in sees.items():
            found = self.env["crm.lifecycle.transition"].with_user(user).search([])
            self.assertEqual(tuple(row in found for row in rows), expected, user.name)
        for user in (self.employee, *self._outsiders()):
            with self.assertRaises(AccessError):
                self.env["crm.lifecycle.transition"].with_user(user).search([])

    def _outsiders(self):
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "lifecycle_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        return portal, self.env.ref("base.public_user")

    def test_stages_are_read_by_all_employees_and_changed_by_managers(self):
        stage = self.mql
        self.assertTrue(stage.with_user(self.employee).name)
        for user in (self.employee, self.salesman, self.marketing):
            with self.assertRaises(AccessError):
                stage.with_user(user).name = "Mine"
        stage.with_user(self.manager).name = "Qualified"

    def test_portal_does_not_see_the_lifecycle_of_its_own_contact(self):
        portal = self._outsiders()[0]
        portal.partner_id.lifecycle_stage_id = self.former
        with self.assertRaises(AccessError):
            portal.partner_id.with_user(portal).read(["lifecycle_stage_id"])

    def test_salesman_cannot_move_the_leads_of_others(self):
        lead = self._lead(user_id=self.colleague.id)
        with self.assertRaises(AccessError):
            lead.with_user(self.salesman).lifecycle_stage_id = self.mql
        self.assertWay(lead, "lead")

    def test_two_companies(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        lead = self._lead(company_id=elsewhere.id)
        row = lead.lifecycle_transition_ids
        self.assertEqual(row.company_id, elsewhere)
        self.assertNotIn(row, row.with_user(self.marketing).search([]))
        self.marketing.company_ids |= elsewhere
        found = row.with_user(self.marketing).with_context(
            allowed_company_ids=self.marketing.company_ids.ids
        )
        self.assertIn(row, found.search([]))
