from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..settings.notification import notification

# Writing one of them may change the stage of the pipeline, by itself or by a compute.
PIPELINE_FIELDS = {"stage_id", "type", "team_id", "user_id"}


class CrmLead(models.Model):
    """Leads and opportunities in the lifecycle.

    Where does a new lead begin?
        In the stage it is given (a suspect of a list), else in the company's stage for new
        leads; an opportunity begins where the rule for opportunities would take it.
    What moves it?
        Its pipeline stage, its quotations and orders, the answers of the person.
    Who follows it?
        Its contact and the company of that contact.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.lifecycle.mixin"]
    _lifecycle_subject = "lead_id"

    lifecycle_stage_id = fields.Many2one(default=lambda self: self._default_lifecycle_stage_id())
    lifecycle_transition_ids = fields.One2many(
        "crm.lifecycle.transition",
        "lead_id",
        string="Lifecycle History",
        groups="sales_team.group_sale_salesman",
    )

    # a suspect that asks for something is found by its address
    _suspect_email_idx = models.Index("(email_normalized) WHERE lifecycle_kind = 'suspect'")

    @api.model
    def _default_lifecycle_stage_id(self):
        return self._lifecycle_initial_stage(self.env.context.get("default_type"))

    @api.model_create_multi
    def create(self, vals_list):
        """Begin opportunities where they belong, and say that these leads came."""
        self._lifecycle_choose_stages(vals_list)
        leads = super().create(vals_list)
        # who is created as a suspect is one, even in a pipeline without leads
        pursued = leads.filtered(lambda lead: lead.sudo().lifecycle_kind != "suspect")
        pursued._lifecycle_enter_pipeline()
        pursued._lifecycle_say_opportunity()
        leads._lifecycle_wake_suspects()
        return leads

    def write(self, vals):
        """Say what the new values mean for the lifecycle."""
        before = {}
        if not PIPELINE_FIELDS.isdisjoint(vals):
            before = {lead: lead.stage_id for lead in self}
        result = super().write(vals)
        if before:
            self.filtered(lambda lead: lead.stage_id != before[lead])._lifecycle_enter_pipeline()
        if vals.get("type") == "opportunity":
            self._lifecycle_say_opportunity()
            self._lifecycle_leave_suspects()
        if vals.get("partner_id"):
            self._lifecycle_follow_new_contact()
        return result

    def message_update(self, msg_dict, update_vals=None):
        """Take a mail from the person as an answer."""
        result = super().message_update(msg_dict, update_vals=update_vals)
        self._lifecycle_answered(msg_dict)
        return result

    def _merge_dependences(self, opportunities):
        """Carry the history over, and take the stage that is furthest."""
        result = super()._merge_dependences(opportunities)
        self._lifecycle_absorb(opportunities)
        return result

    def action_lifecycle_convert(self):
        """Turn suspects into leads: they have shown some interest."""
        stage = self.env["crm.lifecycle.stage"]._first("lead")
        if not stage:
            raise UserError(self.env._("There is no active stage of kind Lead to convert to."))
        moved = self._lifecycle_advance(stage, "manual")
        return notification(self.env._("Suspects that became leads: %(count)s", count=len(moved)))

    @api.model
    def _lifecycle_initial_stage(self, kind):
        """Give the stage where a lead or opportunity begins.

        :param str kind: a value of `type`, or None for the usual one
        """
        if (kind or self.default_get(["type"]).get("type")) == "opportunity":
            rule = self.env["crm.lifecycle.rule"].sudo()._opening_rule()
            if rule:
                return rule.to_stage_id
        company = self.env.company.sudo()
        return company.lifecycle_lead_stage_id or self.env["crm.lifecycle.stage"]._first("lead")

    @api.model
    def _lifecycle_choose_stages(self, vals_list):
        """Set the first stage of the new leads that are given none; once per kind of lead."""
        if "default_lifecycle_stage_id" in self.env.context:
            return
        stages = {}
        for vals in vals_list:
            if not vals.get("lifecycle_stage_id"):
                kind = vals.get("type")
                if kind not in stages:
                    stages[kind] = self._lifecycle_initial_stage(kind).id
                vals["lifecycle_stage_id"] = stages[kind]

    def _lifecycle_say_opportunity(self):
        opportunities = self.filtered(lambda lead: lead.type == "opportunity")
        self.env["crm.lifecycle.rule"]._fire("opportunity", self._name, opportunities.ids)

    def _lifecycle_leave_suspects(self):
        """Let no opportunity be hidden among the suspects, whatever the rules are."""
        suspects = self.sudo().filtered(lambda lead: lead.lifecycle_kind == "suspect")
        stage = self.env["crm.lifecycle.stage"]._first("lead")
        if stage:
            suspects._lifecycle_advance(stage, "pipeline")

    def _lifecycle_wake_suspects(self):
        """Take new leads as the answer of the suspects with the same address.

        A lead of one company says nothing about the suspects of another.
        """
        for company, leads in self.sudo().grouped("company_id").items():
            interested = Domain("id", "in", leads.ids) & Domain(
                "lifecycle_kind", "in", ("lead", "prospect", "customer")
            )
            addresses = leads.with_context(active_test=False)._search(interested)
            domain = Domain("lifecycle_kind", "=", "suspect") & Domain(
                "email_normalized", "in", addresses.subselect("email_normalized")
            )
            if company:
                domain &= Domain("company_id", "in", (False, company.id))
            for model in ("crm.lead", "res.partner"):
                suspects = self.env[model].sudo().search(domain)
                self.env["crm.lifecycle.rule"]._fire("response", model, suspects.ids)

    def _lifecycle_enter_pipeline(self):
        """Move opportunities as their new pipeline stage says, then as the rules say."""
        opportunities = self.sudo().filtered(lambda lead: lead.type == "opportunity")
        for stage, leads in opportunities.grouped("stage_id").items():
            if stage.lifecycle_stage_id:
                leads._lifecycle_move(stage.lifecycle_stage_id, "pipeline")
        self.env["crm.lifecycle.rule"]._fire("pipeline", self._name, opportunities.ids)

    def _lifecycle_person_in_charge(self, person):
        """Leave a lead with the one who moves it, if that one sees only own leads."""
        sees_all = self.env.user.has_group("sales_team.group_sale_salesman_all_leads")
        return person if self.env.su or sees_all else self.env.user

    def _lifecycle_follow_new_contact(self):
        """Let a contact follow the leads it has just been linked to."""
        for stage, leads in self.sudo().grouped("lifecycle_stage_id").items():
            leads._lifecycle_lead_on(stage, "rule")

    def _lifecycle_absorb(self, leads):
        """Take over the history of leads that are merged into this one."""
        self.env["crm.lifecycle.transition"]._repoint("lead_id", leads.ids, self.id)
        self.sudo()._lifecycle_merge((self | leads).sudo())

    def _lifecycle_followers(self):
        return self.partner_id | self.partner_id.commercial_partner_id
