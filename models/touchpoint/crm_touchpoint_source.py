from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..settings.notification import notification
from . import events


class CrmTouchpointSource(models.Model):
    """A declared harvest: which records of Odoo are contacts with a person.

    What may be a source?
        Any model, by adding a record: its records that fit `domain` become contacts at their
        `date_field`. Fields are given as paths of stored fields ("event_id.stop").
    Whose contact is it?
        That of the contact at `partner_path` and of the lead at `lead_path`; several paths
        may be given, separated by commas: the first that leads somewhere counts. A path may
        end in a document of any type (the record of a message): it counts where it is a
        contact or a lead. Where neither leads to somebody who exists, whoever has the address
        at `email_path`: of several contacts the active one before an archived one, a person
        before a company, the oldest; of several leads the active, then the newest.
    What if the model is not installed, or a field is missing?
        The source sleeps and says why; it wakes up by itself.
    Which date?
        Of several dates, separated by commas, the earliest. A mere day counts as its noon, and
        today as now until noon. What lies in the future is harvested when it is past.
    Who may say what is read?
        A source reads for everybody, so who writes it must be allowed to read these records
        and the fields of the filter.
    Can a source be changed after its first harvest?
        Yes; rows it has given stay, and new ones come by the new settings.
    """

    _name = "crm.touchpoint.source"
    _description = "Touchpoint Source"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    # which records
    model = fields.Char(required=True, help="The technical name of the document type.")
    domain = fields.Char("Filter", default="[]", required=True)
    date_field = fields.Char("Date", required=True, default="create_date")
    is_planned = fields.Boolean(
        "Planned Ahead", help="The date is set beforehand, as that of a meeting."
    )
    # whose
    partner_path = fields.Char("Contact at", help="For instance partner_id.")
    lead_path = fields.Char("Lead at", help="For instance opportunity_id.")
    email_path = fields.Char("E-mail Address at", help="For instance email_normalized.")
    company_path = fields.Char("Company at", help="Without any: company_id, where there is one.")
    # what
    channel_id = fields.Many2one("crm.touchpoint.channel", required=True, ondelete="restrict")
    event = fields.Selection(events.EVENTS, required=True)
    direction = fields.Selection(
        [("inbound", "Inbound"), ("outbound", "Outbound")], required=True, default="inbound"
    )
    # more
    campaign_path = fields.Char("Campaign at", help="Without any: campaign_id, if there is one.")
    medium_path = fields.Char("Medium at", help="Without any: medium_id, where there is one.")
    open_path = fields.Char(
        "Document to Open", help="What is opened instead of the record itself, e.g. event_id."
    )
    # state
    state = fields.Selection(
        [("awake", "Ready"), ("asleep", "Asleep")], "Status", compute="_compute_state"
    )
    problem = fields.Char("Why it sleeps", compute="_compute_state")
    since = fields.Datetime("Read since", readonly=True, copy=False)
    last_id = fields.Integer("Read up to", readonly=True, copy=False)
    harvested_at = fields.Datetime("Last Harvest", readonly=True, copy=False)
    last_error = fields.Char(readonly=True, copy=False)
    touchpoint_count = fields.Integer("Touchpoints", compute="_compute_touchpoint_count")

    @api.depends(
        "model",
        "domain",
        "date_field",
        "partner_path",
        "lead_path",
        "email_path",
        "company_path",
        "campaign_path",
        "medium_path",
        "open_path",
    )
    def _compute_state(self):
        for source in self:
            source.problem = source._problem() if source.model else False
            source.state = "asleep" if source.problem else "awake"

    def _compute_touchpoint_count(self):
        counts = dict(
            self.env["crm.touchpoint"]
            .sudo()
            ._read_group([("source_id", "in", self.ids)], ["source_id"], ["__count"])
        )
        for source in self:
            source.touchpoint_count = counts.get(source, 0)

    @api.constrains(
        "model",
        "domain",
        "date_field",
        "partner_path",
        "lead_path",
        "email_path",
        "company_path",
        "campaign_path",
        "medium_path",
        "open_path",
    )
    def _check_paths(self):
        """Refuse what cannot work; what is shipped for other modules sleeps instead."""
        for source in self:
            if not source._is_installed():
                continue
            problem = source._problem()
            if not problem:
                source._check_readable()
            elif not source.env.context.get("install_mode"):
                raise ValidationError(problem)

    @api.onchange("event")
    def _onchange_event(self):
        if self.event:
            self.direction = events.usual_direction(self.event)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        used = self.env["crm.touchpoint"].sudo().search([("source_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "Touchpoints come from “%(name)s”. Archive it instead of deleting it:"
                    " no more will come.",
                    name=used.source_id.name,
                )
            )

    def write(self, vals):
        """Read everything again when it is said differently what a source gives."""
        if not {"model", "domain", "date_field"}.isdisjoint(vals) or any(
            name.endswith("_path") and name != "open_path" for name in vals
        ):
            vals = {**vals, "since": False, "last_id": 0}
        return super().write(vals)

    def _is_installed(self):
        """Tell whether the records can be read at all."""
        model = self.env.get(self.model)
        return model is not None and model._auto and not model._transient

    def _problem(self):
        """Say in the user's words why the source cannot be harvested, or nothing."""
        if not self._is_installed():
            return self.env._(
                "“%(model)s” is not installed, or does not keep records.", model=self.model
            )
        return self._path_problem() or self._domain_problem()

    def _domain_problem(self):
        try:
            self._harvest_domain().validate(self.env[self.model].sudo())
        except (ValueError, SyntaxError, TypeError) as error:
            return self.env._(
                "The filter of “%(name)s” cannot be used: %(error)s",
                name=self.name,
                error=error,
            )
        return None

    def _check_readable(self):
        """Search as the user: constraints run as the superuser."""
        self.env(su=False)[self.model].search(self._harvest_domain(), limit=1)

    def _harvest_domain(self):
        return Domain(literal_eval(self.domain or "[]"))

    def action_harvest(self):
        """Read these sources now."""
        self.check_access("write")
        found = sum(self.sudo()._harvest(full=True).values())
        failed = self.filtered("last_error")
        return notification(
            failed[:1].last_error or self.env._("New touchpoints: %(count)s", count=found),
            "warning" if failed else "success",
        )

    def action_open_touchpoints(self):
        """Open the contacts that come from this source."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_touchpoint_action"
        )
        return {**action, "domain": [("source_id", "=", self.id)], "display_name": self.name}
