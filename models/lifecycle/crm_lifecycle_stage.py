from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from . import progress


class CrmLifecycleStage(models.Model):
    """A stage of the customer lifecycle, for leads and for contacts.

    What is it for?
        It names how far a person is on the way to buying. Companies add, rename and
        archive stages as they like; figures are grouped by `kind`, which is fixed.
    What happens when a record goes up into a stage, or begins in it?
        The activity plan of the stage is started on it, and a record that nobody is
        in charge of gets the person in charge.
    When is a record overdue?
        When it has stood in the stage for more than `max_days` days.
    """

    _name = "crm.lifecycle.stage"
    _description = "Lifecycle Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("suspect", "Suspect"),
            ("lead", "Lead"),
            ("prospect", "Prospect"),
            ("customer", "Customer"),
            ("former", "Former customer"),
        ],
        required=True,
        default="lead",
        help="Suspect: targeted, interest not known. Lead: has shown interest. Prospect: has "
        "shown the intent to buy. Customer: has bought. Former customer: has stopped buying.",
    )
    fold = fields.Boolean("Folded in Kanban")
    # what is expected in the stage
    max_days = fields.Integer(
        "Maximum Days", help="A record that stays longer is overdue. 0: no limit."
    )
    activity_plan_id = fields.Many2one(
        "mail.activity.plan",
        domain=[("res_model", "in", ("crm.lead", "res.partner"))],
        help="Started on a record that goes up into this stage.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Person in Charge",
        domain=[("share", "=", False)],
        help="Becomes the salesperson of a record that goes up into this stage without one.",
    )
    # what is in it now
    lead_count = fields.Integer("Leads", compute="_compute_record_counts")
    partner_count = fields.Integer("Contacts", compute="_compute_record_counts")

    _max_days_not_negative = models.Constraint(
        "CHECK(max_days >= 0)", "The maximum number of days in a stage cannot be negative."
    )

    def _compute_record_counts(self):
        leads, partners = (
            dict(
                self.env[model]._read_group(
                    [("lifecycle_stage_id", "in", self.ids)], ["lifecycle_stage_id"], ["__count"]
                )
            )
            for model in ("crm.lead", "res.partner")
        )
        for stage in self:
            stage.lead_count = leads.get(stage, 0)
            stage.partner_count = partners.get(stage, 0)

    @api.constrains("active")
    def _check_archived_unused(self):
        """Let no rule and no company send records into an archived stage."""
        for stage in self.filtered(lambda stage: not stage.active):
            rules = self.env["crm.lifecycle.rule"].search([("to_stage_id", "=", stage.id)])
            companies = self.env["res.company"].sudo()
            users = rules or companies.search([("lifecycle_lead_stage_id", "=", stage.id)])
            if users:
                raise ValidationError(
                    self.env._(
                        "The stage “%(stage)s” is still used by: %(users)s. Change that first.",
                        stage=stage.name,
                        users=", ".join(users.mapped("name")),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        rows = self.env["crm.lifecycle.transition"].sudo()
        domain = Domain("to_stage_id", "in", self.ids) | Domain("from_stage_id", "in", self.ids)
        if count := rows.search_count(domain):
            raise UserError(
                self.env._(
                    "These stages have a history (moves: %(count)s). Archive them instead.",
                    count=count,
                )
            )

    def action_open_leads(self):
        """Open the leads of the stage."""
        return self._action_open("crm_lifecycle.crm_lead_lifecycle_action")

    def action_open_partners(self):
        """Open the contacts of the stage."""
        return self._action_open("crm_lifecycle.res_partner_lifecycle_action")

    def _action_open(self, xmlid):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": [("lifecycle_stage_id", "in", self.ids)], "context": {}}

    @api.model
    def _first(self, kind):
        """Give the first active stage of a kind, or none."""
        return self.search([("kind", "=", kind)], limit=1)

    def _position(self):
        """Give what `progress` calls the position of a stage: ``(kind, sequence)`` or None."""
        return (self.kind, self.sequence) if self else None

    def _furthest(self):
        """Give the stage of this set that a person has who is in all of them."""
        return max(self, key=lambda stage: progress.standing(stage._position()), default=self)

    def _stages_before(self):
        """Give the stages, archived ones too, from which a record advances to this one."""
        return (
            self.with_context(active_test=False)
            .search([("id", "!=", self.id)])
            .filtered(lambda stage: progress.advances(stage._position(), self._position()))
        )

    @api.model
    def _rank_sql(self, alias):
        """Give the SQL of `progress.rank` (its first part) for a table alias of this model."""
        cases = SQL(" ").join(
            SQL("WHEN %s THEN %s", kind, place) for kind, place in progress.KIND_RANK.items()
        )
        return SQL("CASE %s %s END", SQL.identifier(alias, "kind"), cases)
