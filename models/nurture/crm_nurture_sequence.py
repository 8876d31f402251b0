from odoo import api, fields, models
from odoo.exceptions import UserError

MODELS = [("crm.lead", "Leads and opportunities"), ("res.partner", "Contacts")]


class CrmNurtureSequence(models.Model):
    """A way that people are led along: few, personal, expected messages.

    Who comes in?
        Who is let in by `_enroll`: by hand, or by the trigger of the sequence.
    May somebody come in twice?
        Never at the same time; again only if `reentry` allows it, so many days after the end.
    What is published?
        One version at a time. Drafts change nothing for the people inside.
    What does a pause do?
        Everybody keeps the place; nothing is sent until it goes on.
    """

    _name = "crm.nurture.sequence"
    _description = "Nurturing Sequence"
    _inherit = ["mail.thread"]
    _order = "priority desc, name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    model = fields.Selection(MODELS, string="For", required=True, default="crm.lead")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("paused", "Paused"),
            ("closed", "Closed"),
        ],
        default="draft",
        required=True,
        copy=False,
        readonly=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users", "Owner", required=True, default=lambda self: self.env.user, copy=False
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    priority = fields.Integer(default=10, help="Who may get only one message gets the higher one.")
    # its versions
    version_ids = fields.One2many("crm.nurture.version", "sequence_id")
    version_id = fields.Many2one(
        "crm.nurture.version", "Published Version", readonly=True, copy=False, index=True
    )
    draft_id = fields.Many2one("crm.nurture.version", compute="_compute_draft_id")
    enrollment_ids = fields.One2many("crm.nurture.enrollment", "sequence_id")
    # coming in again
    reentry = fields.Selection(
        [("never", "Never"), ("after", "After some days")],
        "May Come In Again",
        default="never",
        required=True,
    )
    reentry_days = fields.Integer("Again after (days)", default=90)

    @api.depends("version_ids.state")
    def _compute_draft_id(self):
        for sequence in self:
            drafts = sequence.version_ids.filtered(lambda version: version.state == "draft")
            sequence.draft_id = drafts[:1]

    @api.model_create_multi
    def create(self, vals_list):
        """Give each new sequence a first draft."""
        sequences = super().create(vals_list)
        for sequence in sequences.filtered(lambda one: not one.version_ids):
            self.env["crm.nurture.version"].create({"sequence_id": sequence.id})
        return sequences

    def action_publish(self):
        """Freeze the draft and let people in by it; those inside stay on their version."""
        self.ensure_one()
        self.check_access("write")
        draft = self.draft_id
        if not draft:
            raise UserError(self.env._("There is no draft to publish: edit the sequence first."))
        draft._publish()
        self.sudo().write({"version_id": draft.id, "state": "running"})

    def action_pause(self):
        """Keep everybody where they are until it goes on."""
        self.check_access("write")
        self.sudo().filtered(lambda one: one.state == "running").state = "paused"
        self._halt("waiting", "paused")

    def action_resume(self):
        """Go on where everybody was; what was due meanwhile is due now."""
        self.check_access("write")
        resumed = self.sudo().filtered(lambda one: one.state == "paused")
        resumed.state = "running"
        resumed._halt("paused", "waiting")
        self.env["crm.nurture.enrollment"]._wake()

    def _halt(self, before, after):
        enrollments = self.env["crm.nurture.enrollment"].sudo()
        enrollments._set_state(before, after, self.ids)

    def _subject(self):
        """Give the field of an enrollment that points to the people of the sequence."""
        return "lead_id" if self.model == "crm.lead" else "partner_id"
