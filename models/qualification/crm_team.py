from datetime import timedelta, timezone

from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

from .criteria import ANSWERS, DEFAULT

MANAGER_GROUP = "crm_lifecycle.group_lifecycle_manager"


class CrmTeam(models.Model):
    """A sales team chooses its framework, and how long it may take to answer a hand-over.

    What happens to its leads when the framework changes?
        Those without any answer follow, in one statement; the others keep theirs.
    """

    _inherit = "crm.team"

    qualification_framework = fields.Selection(
        [("bant", "BANT"), ("champ", "CHAMP")],
        required=True,
        default=DEFAULT,
        help="The questions that qualify the leads of this team.",
    )
    handover_hours = fields.Float(
        "Hours to Answer a Hand-over", help="0: the hours that are set for the company."
    )

    _handover_hours_not_negative = models.Constraint(
        "CHECK(handover_hours BETWEEN 0 AND 8760)",
        "The hours to answer a hand-over must be from 0 to 8,760 (a year).",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Know the frameworks of the new teams."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Let the leads without answers follow a new framework."""
        result = super().write(vals)
        if "qualification_framework" in vals:
            self.env.registry.clear_cache()
            self._qualification_follow_framework(vals["qualification_framework"])
        return result

    def unlink(self):
        """Forget the frameworks of deleted teams."""
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache()
    def _qualification_other_frameworks(self):
        """Give the teams that do not use the usual framework: dict of id -> framework."""
        domain = [("qualification_framework", "!=", DEFAULT)]
        teams = self.sudo().with_context(active_test=False).search(domain)
        return {team.id: team.qualification_framework for team in teams}

    def _qualification_follow_framework(self, framework):
        """Give the framework to the leads of these teams that nobody has begun to qualify."""
        lead = self.env["crm.lead"]
        lead.flush_model()
        unanswered = SQL("COALESCE(%s) IS NULL", SQL(", ").join(map(SQL.identifier, ANSWERS)))
        missing = lead._qualification_results({"qualification_framework": framework})
        self.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET qualification_framework = %(framework)s,"
                "  qualification_missing = %(missing)s"
                " WHERE team_id IN %(teams)s AND %(unanswered)s"
                "  AND qualification_framework IS DISTINCT FROM %(framework)s",
                framework=framework,
                missing=missing["qualification_missing"],
                teams=tuple(self.ids or [0]),
                unanswered=unanswered,
            )
        )
        lead.invalidate_model(["qualification_framework", "qualification_missing"])

    def _handover_deadline(self, company, now):
        """Give until when sales have to answer a lead that is handed over now.

        :param company: the company of the lead, whose hours and working time count
        :param datetime now: naive, UTC
        """
        hours = self.handover_hours or company.handover_hours
        calendar = company.resource_calendar_id
        if company.handover_working_time and calendar:
            start = now.replace(tzinfo=timezone.utc)
            end = calendar.plan_hours(hours, start, compute_leaves=True)
            if end:
                return end.astimezone(timezone.utc).replace(tzinfo=None)
        return now + timedelta(hours=hours)

    def _handover_supervisor(self, company):
        """Give the user who is told about leads that sales do not answer.

        The leader of the team, else the first administrator of the lifecycle of that company.
        """
        leader = self.user_id
        if leader.active and (not company or company in leader.company_ids):
            return leader
        managers = Domain("all_group_ids", "in", self.env.ref(MANAGER_GROUP).ids)
        if company:
            managers &= Domain("company_ids", "in", company.ids)
        return self.env["res.users"].search(managers, order="id", limit=1)

    def _get_lead_to_assign_domain(self):
        """Leave what sales have rejected to marketing; it would be shared out to them again."""
        domain = Domain(super()._get_lead_to_assign_domain())
        return domain & Domain("handover_state", "!=", "rejected")
