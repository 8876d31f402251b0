from odoo import api, fields, models
from odoo.fields import Domain


class MailingMailing(models.Model):
    """A mailing may have a segment as its audience.

    Who gets it?
        The members at the moment of sending: the segment is refreshed right before. If its
        filter has stopped working, the members as of the last refresh. A filter of the
        mailing narrows the segment, it cannot widen it.
    Who does not?
        Whoever Odoo leaves out of any mailing: exclusion list, twice the same address ...
    """

    _inherit = "mailing.mailing"

    crm_segment_id = fields.Many2one(
        "crm.segment",
        string="Segment",
        compute="_compute_crm_segment_id",
        store=True,
        readonly=False,
        domain="[('model', '=', mailing_model_real)]",
        ondelete="restrict",
        index="btree_not_null",
        help="The mailing goes to the members of the segment, as they are when it is sent.",
    )

    @api.depends("mailing_model_id")
    def _compute_crm_segment_id(self):
        for mailing in self:
            if mailing.crm_segment_id.model != mailing.mailing_model_real:
                mailing.crm_segment_id = False

    @api.depends("crm_segment_id")
    def _compute_mailing_domain(self):
        """Take the members of the segment."""
        to_segment = self.filtered("crm_segment_id")
        for mailing in to_segment:
            mailing.mailing_domain = repr(list(mailing.crm_segment_id._members_domain()))
        return super(MailingMailing, self - to_segment)._compute_mailing_domain()

    def _get_recipients_domain(self):
        """Stay within the segment, whatever was added to the filter of the mailing."""
        domain = super()._get_recipients_domain()
        if self.crm_segment_id:
            domain &= Domain(self.crm_segment_id._members_domain())
        return domain

    def _get_remaining_recipients(self):
        """Bring the segment up to date first: this is asked right before sending."""
        self.crm_segment_id.sudo()._refresh()
        return super()._get_remaining_recipients()
