from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmPrivacyRequest(models.Model):
    """Restriction and objection (articles 18 and 21).

    What does a restriction stop?
        Mailings, scores, RFM figures, sequences: `privacy_restricted` of the contact and its
        leads. The data stay.
    How does it end?
        The officer lifts it with a reason; the mail that tells the person leaves before.
    What does an objection stop?
        Messages for the purposes named, all of them without any; and profiling.
    """

    _inherit = "crm.privacy.request"

    purpose_ids = fields.Many2many(
        "crm.privacy.purpose",
        "crm_privacy_request_purpose_rel",
        "request_id",
        "purpose_id",
        "Objects To",
        copy=False,
        help="Without any: to everything that the person can object to, and to profiling.",
    )
    lifted_at = fields.Datetime("Restriction Ended On", readonly=True, copy=False)
    lift_reason = fields.Text(
        "Reason to End", copy=False, help="It is sent to the person before the data are used again."
    )

    def _check_approval(self):
        """Refuse an answer about a person of whom it is not sure which records it is."""
        for request in self.filtered(lambda request: request.type != "rectification"):
            request._check_people()
        return super()._check_approval()

    def _check_people(self):
        """Refuse to go on until the officer has said which records are the person.

        :raise UserError: records were found but not confirmed, or none is there to work on
        """
        found = self.identity_ids or self.sudo().partner_id or self.sudo().lead_id
        if found and not self.identity_at:
            raise UserError(
                self.env._(
                    "Say first which records are this person: look at those found for %(name)s,"
                    " and confirm them. The same name alone is never enough.",
                    name=self.name,
                )
            )
        if not found and self.type in ("restriction", "objection"):
            raise UserError(
                self.env._(
                    "No record of %(name)s is known. If you hold no data of this person, refuse"
                    " the request with this reason.",
                    name=self.name,
                )
            )

    def _verify(self, by):
        """Propose which records the person is, as soon as the identity is confirmed."""
        result = super()._verify(by)
        for request in self.sudo():
            request._find_identity()
        return result

    def _people(self):
        """Give the contacts and leads that the officer confirmed as this person."""
        self.ensure_one()
        identity = self.sudo()._identity()
        partners = self.env["res.partner"].sudo().browse(identity.partner_ids).exists()
        leads = self.env["crm.lead"].sudo().browse(identity.lead_ids).exists()
        return partners, leads

    def _run_restriction(self):
        """Stop the use of the data."""
        self._restrict(True)
        return True

    def _restrict(self, restricted):
        """Set or lift the restriction of the person."""
        for records in self._people():
            records.with_context(tracking_disable=True).write({"privacy_restricted": restricted})

    def action_lift(self):
        """Ask for the reason to end the restriction."""
        self.ensure_one()
        self._check_lift()
        return self._open_answer("lift")

    def _lift(self, reason):
        """Tell the person, then allow the use of the data again."""
        self.ensure_one()
        self._check_lift()
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason: the person must be told it."))
        self.sudo().write({"lift_reason": reason.strip(), "lifted_at": fields.Datetime.now()})
        self._send("lifted")
        if not self.sudo().search_count(self._also_restricting(), limit=1):
            self._restrict(False)

    def _check_lift(self):
        """Refuse to lift what is not restricted.

        :raise UserError: the request did not restrict anything, or it was lifted before
        """
        for request in self:
            if request.type != "restriction" or request.state != "done" or request.lifted_at:
                raise UserError(
                    request.env._("%(name)s restricts nothing at present.", name=request.name)
                )

    def _also_restricting(self):
        """Give the domain of the other requests that restrict the same person."""
        partners, leads = self._people()
        same = Domain("partner_id", "in", partners.ids) | Domain("lead_id", "in", leads.ids)
        return (
            same
            & Domain("type", "=", "restriction")
            & Domain("state", "=", "done")
            & Domain("lifted_at", "=", False)
            & Domain("id", "!=", self.id)
        )

    def _run_objection(self):
        """Note the objection with each contact and lead of the person."""
        for records in self._people():
            if records:
                records._privacy_object(self.purpose_ids or None, source=self.name)
        return True
