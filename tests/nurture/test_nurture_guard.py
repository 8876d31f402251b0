from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import NurtureCase

WAIT = {"kind": "wait", "name": "wait", "wait_number": 3}
PEOPLE = ("enrollment", "delivery", "tally", "publication", "publication.move", "optout")


@tagged("post_install", "-at_install")
class TestNurtureGuard(NurtureCase):
    """What cannot be got around by a call, an import, or from another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "crm_lifecycle.group_lifecycle_user"
        cls.other = mail_new_test_user(cls.env, login="lifecycle_other", groups=group)
        cls.action = cls.env["ir.actions.server"].create(
            {
                "name": "Action",
                "model_id": cls.env["ir.model"]._get_id("crm.lead"),
                "state": "code",
                "code": "records.write({'referred': env.company.name})",
            }
        )

    def own(self, user, *steps):
        """Give a draft of a user, shared with all of marketing."""
        sequence = self.env["crm.nurture.sequence"].with_user(user).create({"name": "Own"})
        for step in steps:
            self.env["crm.nurture.step"].with_user(user).create(
                {"version_id": sequence.draft_id.id, **step}
            )
        return sequence

    # -- states -----------------------------------------------------------------------------

    def test_nobody_writes_the_state(self):
        sequence = self.own(self.marketing, WAIT)
        version = sequence.draft_id
        sequences = self.env["crm.nurture.sequence"].with_user(self.marketing)
        versions = self.env["crm.nurture.version"].with_user(self.marketing)
        for act in (
            lambda: sequence.write({"state": "running"}),
            lambda: sequence.write({"version_id": version.id}),
            lambda: version.write({"state": "published"}),
            lambda: version.write({"number": 9}),
            lambda: sequences.create({"name": "S", "state": "running"}),
            lambda: sequences.create({"name": "S", "version_id": version.id}),
            lambda: versions.create({"sequence_id": sequence.id, "state": "retired"}),
        ):
            with self.assertRaises(AccessError):
                act()
        sequence.action_publish()
        self.assertEqual((sequence.state, version.state), ("running", "published"))
        with self.assertRaises(AccessError):
            version.state = "draft"
        for act, state in (
            (sequence.action_pause, "paused"),
            (sequence.action_resume, "running"),
            (sequence.action_close, "closed"),
        ):
            act()
            self.assertEqual(sequence.state, state)

    def test_no_step_slips_into_a_published_version(self):
        sequence = self.own(self.marketing, WAIT)
        sequence.action_publish()
        sequence.action_edit()
        step = sequence.draft_id.step_ids
        with self.assertRaises(UserError):
            step.version_id = sequence.version_id
        with self.assertRaises(UserError):
            step.create({"version_id": sequence.version_id.id, **WAIT})

    def test_a_version_of_a_sequence_of_somebody_else(self):
        sequence = self.own(self.marketing, WAIT)
        sequence.shared = False
        sequence.action_publish()
        with self.assertRaises(AccessError):
            self.env["crm.nurture.version"].with_user(self.other).create(
                {"sequence_id": sequence.id}
            )

    # -- the rights of the owner ------------------------------------------------------------

    def test_who_adds_a_filter_or_an_action_becomes_the_owner(self):
        for step in (
            {"kind": "condition", "domain": "[('expected_revenue', '>', 1000)]"},
            {"kind": "action", "action_id": self.action.id},
        ):
            sequence = self.own(self.manager, WAIT)
            self.assertEqual(sequence.user_id, self.manager)
            self.env["crm.nurture.step"].with_user(self.marketing).create(
                {"version_id": sequence.draft_id.id, **step}
            )
            self.assertEqual(sequence.user_id, self.marketing)

    def test_who_changes_a_filter_becomes_the_owner(self):
        sequence = self.own(self.manager, {"kind": "condition", "domain": "[]"}, WAIT)
        steps = sequence.draft_id.step_ids.with_user(self.marketing)
        steps.filtered(lambda step: step.kind == "wait").wait_number = 7
        self.assertEqual(sequence.user_id, self.manager)
        steps[0].domain = "[('expected_revenue', '>', 1000)]"
        self.assertEqual(sequence.user_id, self.marketing)

    def test_who_copies_what_is_there_does_not(self):
        sequence = self.own(
            self.manager,
            {"kind": "condition", "domain": "[('expected_revenue', '>', 1000)]"},
            {"kind": "action", "action_id": self.action.id},
        )
        sequence.action_publish()
        sequence.with_user(self.marketing).action_edit()
        self.assertEqual(sequence.user_id, self.manager)
        self.assertEqual(len(sequence.draft_id.step_ids), 2)

    # -- companies --------------------------------------------------------------------------

    def elsewhere(self):
        """Give another company, and a sequence of it with all that people leave behind."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        sequence = self._sequence(
            {"kind": "stage", "name": "up", "stage_id": self.mql.id}, WAIT, company_id=company.id
        )
        leads = self._leads(3, company_id=company.id)
        sequence._enroll(leads)
        self.run_until(minutes=1)
        leads[0].unlink()
        sequence._opt_out(["somebody@elsewhere.test"])
        sequence.action_edit()
        former = sequence.version_id
        sequence.action_publish()
        publication = self.env["crm.nurture.publication"].create(
            {
                "sequence_id": sequence.id,
                "version_id": sequence.version_id.id,
                "former_id": former.id,
            }
        )
        publication._lead(former.step_ids[1], sequence.version_id.step_ids[1])
        return company, sequence

    def test_another_company_sees_no_people_and_no_figures(self):
        company, sequence = self.elsewhere()
        self.assertTrue(all(self.seen(self.env.user, sequence).values()))
        for user in (self.marketing, self.manager):
            self.assertFalse(any(self.seen(user, sequence).values()), user.name)
            user.company_ids |= company
            seen = self.seen(user, sequence, company)
            self.assertTrue(all(seen.values()), seen)

    def seen(self, user, sequence, company=None):
        """Count what somebody sees of a sequence: dict of model -> number."""
        context = {"allowed_company_ids": company.ids} if company else {}
        paths = {
            "delivery": "enrollment_id.sequence_id",
            "publication.move": "publication_id.sequence_id",
        }
        return {
            name: self.env[f"crm.nurture.{name}"]
            .with_user(user)
            .with_context(**context)
            .search_count([(paths.get(name, "sequence_id"), "=", sequence.id)])
            for name in PEOPLE
        }

    def test_salespeople_see_what_was_done_for_their_own(self):
        sequence = self._sequence({"kind": "stage", "name": "up", "stage_id": self.mql.id})
        leads = self._leads(3)
        leads[0].user_id, leads[1].user_id, leads[2].user_id = self.salesman, self.colleague, False
        sequence._enroll(leads)
        self.run_until(minutes=1)
        for name, path in (("enrollment", "lead_id"), ("delivery", "enrollment_id.lead_id")):
            rows = self.env[f"crm.nurture.{name}"].with_user(self.salesman)
            found = rows.search([(path, "in", leads.ids)])
            self.assertEqual(found.mapped(path), leads[0] | leads[2])
            for act in (found.unlink, lambda rows=found: rows.write({"round": 2})):
                with self.assertRaises(AccessError):
                    act()

    def test_who_goes_to_another_company_leaves(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        sequence = self._sequence(WAIT)
        leads = self._leads(3, company_id=self.env.company.id)
        leads[2].company_id = False
        entered = sequence._enroll(leads)
        leads[0].company_id = company
        sequence._watch()
        self.assertFalse(sequence.problem)
        self.env.invalidate_all()
        self.assertEqual(
            [(one.state, one.cause) for one in entered],
            [("exited", "company"), ("waiting", False), ("waiting", False)],
        )

    def test_contacts_of_the_parent_of_a_branch(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.env.company.id}
        )
        sequence = self._sequence(WAIT, model="res.partner", company_id=branch.id)
        self.assertEqual(set(sequence._company_ids()), {branch.id, self.env.company.id})
        sequence = self._sequence(WAIT, company_id=branch.id)
        self.assertEqual(sequence._company_ids(), branch.ids)

    def test_a_server_action_works_in_the_company_of_the_sequence(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.marketing.company_ids |= company
        step = {"kind": "action", "action_id": self.action.id}
        sequence = self._sequence(step, company_id=company.id, user_id=self.marketing.id)
        lead = self._lead(company_id=company.id, user_id=self.marketing.id)
        entered = sequence._enroll(lead)
        self.run_until(minutes=1)
        self.assertEqual(entered.state, "done", entered.reason)
        self.assertEqual(lead.referred, "Elsewhere")

    def test_a_server_action_has_the_rights_of_the_owner(self):
        self.action.code = "records.env['res.users'].browse(env.uid).write({'login': 'x'})"
        sequence = self._sequence(
            {"kind": "action", "action_id": self.action.id}, user_id=self.marketing.id
        )
        entered = sequence._enroll(self._lead())
        self.run_until(minutes=1)
        self.assertEqual((entered.state, entered.cause), ("quarantine", "failed"))
        self.assertEqual(self.marketing.login, "lifecycle_marketing")

    # -- merges -----------------------------------------------------------------------------

    def test_merged_people_keep_what_was_done(self):
        sequence = self._sequence(
            {"kind": "stage", "name": "up", "stage_id": self.mql.id}, WAIT, WAIT
        )
        leads = self._leads(2, type="opportunity", email_from="a@example.com")
        entered = sequence._enroll(leads)
        self.run_until(minutes=1)
        self.clock.move_to(self.start + timedelta(days=1))
        merged = leads.merge_opportunity(auto_unlink=True)
        self.env.invalidate_all()
        self.assertEqual(entered.lead_id, merged)
        self.assertEqual(sorted(entered.mapped("state")), ["exited", "waiting"])
        self.assertEqual([len(self.done(one)) for one in entered], [1, 1])
        tallies = self.env["crm.nurture.tally"].search([("sequence_id", "=", sequence.id)])
        self.assertFalse(tallies, "nothing is counted as gone")
