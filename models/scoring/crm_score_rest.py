from odoo import api, fields, models


class CrmScoreRest(models.Model):
    """A person who never reacts is put to rest: mailings may leave it out.

    When?
        Every night, after so many mails and months without any reaction as the score settings say.
        Opening a mail is no reaction, as mail programs do it by themselves.
    When does it end?
        With the first reaction, by itself; or by hand, with a reason. Mails before that moment
        then never count again.
    Who is at rest?
        Who has a row without an end; on leads and contacts: `is_at_rest`.
    """

    _name = "crm.score.rest"
    _inherit = ["crm.score.shown.mixin"]
    _description = "Rest of a Person"
    _order = "date desc, id desc"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", ondelete="cascade", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", ondelete="cascade", readonly=True)
    date = fields.Datetime("Since", required=True, readonly=True)
    mails = fields.Integer("Mails without Reaction", readonly=True)
    silent_since = fields.Datetime(
        "First of These Mails", readonly=True, help="Nothing has come from the person since."
    )
    # its end
    end_date = fields.Datetime("Ended on", readonly=True)
    end_cause = fields.Selection(
        [("reaction", "The person reacted"), ("manual", "By hand"), ("merge", "Merge")],
        "Ended by",
        readonly=True,
    )
    end_user_id = fields.Many2one("res.users", "Woken by", readonly=True, ondelete="set null")
    note = fields.Char(readonly=True)

    _one_open_per_lead = models.UniqueIndex(
        "(lead_id) WHERE lead_id IS NOT NULL AND end_date IS NULL"
    )
    _one_open_per_partner = models.UniqueIndex(
        "(partner_id) WHERE partner_id IS NOT NULL AND end_date IS NULL"
    )
    _lead_idx = models.Index("(lead_id) WHERE lead_id IS NOT NULL")
    _partner_idx = models.Index("(partner_id) WHERE partner_id IS NOT NULL")

    @api.depends("lead_id", "partner_id")
    def _compute_display_name(self):
        for rest in self:
            rest.display_name = (rest.lead_id or rest.partner_id).display_name

    def action_open_record(self):
        """Open the lead or contact."""
        self.ensure_one()
        return (self.lead_id or self.partner_id).get_formview_action()

    def action_wake(self):
        """End the rest of these persons by hand."""
        open_rests = self.filtered(lambda rest: not rest.end_date)
        open_rests.lead_id._score_wake()
        open_rests.partner_id._score_wake()
