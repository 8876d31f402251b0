from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmSegmentMember(models.Model):
    """One stay of a contact or lead in a segment: when it entered, and when it left.

    Who writes it?
        Only the segment: its refresh, or the picking by hand. Who comes back gets another row.
    Which rows does a user see?
        Those of the segments of the user's companies, and only of contacts and leads that
        Odoo's rules let the user see.
    What happens when records are merged or deleted?
        The rows of merged records go to the one that stays, which keeps one open row per
        segment, the oldest. The rows of a deleted record are deleted with it.
    """

    _name = "crm.segment.member"
    _description = "Segment Membership"
    _order = "entered_at desc, id desc"
    _log_access = False  # thousands of rows are written at once, and only by the segment

    segment_id = fields.Many2one("crm.segment", required=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", string="Contact", ondelete="cascade", index="btree_not_null"
    )
    lead_id = fields.Many2one("crm.lead", ondelete="cascade", index="btree_not_null")
    entered_at = fields.Datetime("Entered", required=True)
    left_at = fields.Datetime("Left")

    _open_partner_unique = models.UniqueIndex(
        "(segment_id, partner_id) WHERE left_at IS NULL AND partner_id IS NOT NULL",
        "This contact is in the segment already.",
    )
    _open_lead_unique = models.UniqueIndex(
        "(segment_id, lead_id) WHERE left_at IS NULL AND lead_id IS NOT NULL",
        "This lead is in the segment already.",
    )
    _segment_entered_idx = models.Index("(segment_id, entered_at)")
    _segment_left_idx = models.Index("(segment_id, left_at) WHERE left_at IS NOT NULL")

    @api.depends("partner_id", "lead_id")
    def _compute_display_name(self):
        for member in self:
            member.display_name = (member.lead_id or member.partner_id).display_name

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        """Leave out the contacts and leads that the user may not see."""
        if not self.env.su and not bypass_access:
            domain = Domain(domain) & self._visible_domain()
        return super()._search(
            domain, offset, limit, order, active_test=active_test, bypass_access=bypass_access
        )

    def _check_access(self, operation):
        """Refuse the rows of contacts and leads that the user may not see."""
        result = super()._check_access(operation)
        if result or self.env.su or not self.ids:
            return result
        hidden = self - self.search([("id", "in", self.ids)])
        return (hidden, self._access_error) if hidden else None

    def _access_error(self):
        return AccessError(self.env._("This belongs to a contact or a lead that you may not see."))

    @api.model
    def _visible_domain(self):
        """Give the domain of the rows of contacts and leads that the user may see."""
        contacts = self.env["res.partner"].with_context(active_test=False)._search([])
        leads = self.env["crm.lead"].with_context(active_test=False)._search([])
        return Domain("partner_id", "in", contacts) | Domain("lead_id", "in", leads)

    def action_open_record(self):
        """Open the contact or lead."""
        self.ensure_one()
        return (self.lead_id or self.partner_id).get_formview_action()

    @api.model
    def _absorb(self, subject, from_ids, to_id):
        """Give the memberships of merged records to the record that stays.

        Of several open rows in one segment the oldest stays: it is one person, who has been
        in it since then.

        :param str subject: lead_id or partner_id
        """
        values = {
            "subject": SQL.identifier(subject),
            "merged": (*from_ids, to_id),
            "gone": tuple(from_ids),
            "stays": to_id,
        }
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
            DELETE FROM crm_segment_member newer USING crm_segment_member older
             WHERE newer.%(subject)s IN %(merged)s AND older.%(subject)s IN %(merged)s
               AND newer.segment_id = older.segment_id
               AND newer.left_at IS NULL AND older.left_at IS NULL
               AND (older.entered_at, older.id) < (newer.entered_at, newer.id)
            """,
                **values,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE crm_segment_member SET %(subject)s = %(stays)s"
                " WHERE %(subject)s IN %(gone)s",
                **values,
            )
        )
        self.invalidate_model(flush=False)
