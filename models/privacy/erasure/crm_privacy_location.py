from odoo import api, fields, models

from .crm_privacy_location_rule import ACTIONS, LINKS, SUBJECTS

#: What a person decides about a place; the place then no longer follows a rule.
DECIDED = ("action", "mention", "owner", "subject", "export", "article")


class CrmPrivacyLocation(models.Model):
    """One place of the database where data of a person can be: a field of a model.

    Where do the places come from?
        From Odoo's own metadata, read when somebody asks: see `_discover`. So the fields of an
        addon that was installed a minute ago, or that somebody added by hand, are here.
    What is done there?
        What the rule says that names the place most exactly (`crm.privacy.location.rule`), or
        what a person has decided. Without either the place is to classify: an erasure that
        finds something of the person there cannot be closed as complete.
    What do the actions mean?
        *Delete* deletes the rows. *Blank* empties the field, *replace* gives it the same words
        for everybody, *strike out* replaces the person's names, addresses and numbers within
        the text. *Detach* ends the link. *Keep* leaves what the law orders to keep, with article
        and end date. *Stays* leaves a link that leads to an erased record only. *Report*
        changes nothing and shows what was found.
    """

    _name = "crm.privacy.location"
    _description = "Place of Personal Data"
    _order = "subject, model, field"
    _log_access = True

    model_id = fields.Many2one(
        "ir.model", "Kind of Record", required=True, ondelete="cascade", index=True
    )
    field_id = fields.Many2one("ir.model.fields", required=True, ondelete="cascade")
    model = fields.Char("Model Name", required=True, index=True)
    field = fields.Char("Field Name", required=True)
    link = fields.Selection(LINKS, "What It Holds", required=True)
    owner = fields.Boolean(
        "Makes It the Person's", help="A record that links here is the person's own record."
    )
    action = fields.Selection(
        ACTIONS, "What Is Done", required=True, default="unclassified", index=True
    )
    mention = fields.Selection(
        ACTIONS,
        "If Others' Records Name the Person",
        help="What is done with a text of somebody else's record that names the person.",
    )
    subject = fields.Selection(SUBJECTS, required=True, default="other")
    note = fields.Char(help="Why you decided so.")
    reason = fields.Char(compute="_compute_reason")
    article = fields.Char(help="Article of the law that orders to keep, as 17(3)(b).")
    retention = fields.Char(compute="_compute_retention", string="Kept Until")
    export = fields.Boolean("In Copies of a Person's Data", default=True)
    searched = fields.Boolean("Searched by the Plan", default=True)
    temporary = fields.Boolean(readonly=True, help="Odoo deletes these records after some hours.")
    origin = fields.Selection(
        [
            ("generated", "Found in the Database"),
            ("shipped", "Rule"),
            ("manual", "Decided by Hand"),
        ],
        required=True,
        default="generated",
        readonly=True,
    )
    rule_id = fields.Many2one("crm.privacy.location.rule", ondelete="set null", readonly=True)

    _place_unique = models.Constraint("UNIQUE(model, field)", "This place is listed already.")

    @api.depends("model_id", "field_id")
    def _compute_display_name(self):
        for place in self:
            place.display_name = f"{place.model_id.name}: {place.field_id.field_description}"

    @api.depends("note", "rule_id.reason")
    def _compute_reason(self):
        for place in self:
            place.reason = place.note or place.rule_id.reason

    @api.depends("action", "article")
    @api.depends_context("company", "lang")
    def _compute_retention(self):
        text = self.env._(
            "%(years)s years from the end of the financial year",
            years=self.env.company.privacy_accounting_years,
        )
        for place in self:
            place.retention = text if place.article else False

    def write(self, vals):
        """Note that a person has decided: the place does not follow its rule any more."""
        if vals.keys() & set(DECIDED) and "origin" not in vals:
            vals = {**vals, "origin": "manual", "rule_id": False}
        return super().write(vals)

    @api.model
    def action_open_places(self):
        """Bring the list in line with the database, and show it."""
        self.check_access("read")
        self._discover()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_privacy_location_action"
        )

    def action_follow_rule(self):
        """Let the places follow their rules again."""
        self.write({"origin": "generated", "note": False})
        self._apply_rules()
