from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.privacy.request.crm_privacy_request import TYPES
from ...models.settings.notification import CLOSE, notification


class CrmPrivacyRequestEntry(models.TransientModel):
    """Hands what a person asks for over to the data protection officer.

    Who may?
        Who can open the contact or lead. Salespeople do not see the request afterwards.
    """

    _name = "crm.privacy.request.entry"
    _description = "Enter the Request of a Person"

    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    lead_id = fields.Many2one("crm.lead", readonly=True)
    type = fields.Selection(TYPES, "The Person Asks For", required=True, default="access")
    received_on = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The month to answer begins on this day.",
    )
    details = fields.Text("In the Words of the Person")
    send_link = fields.Boolean(
        "Ask to Confirm by E-mail",
        default=True,
        help="The person gets a mail with a link, which proves the identity.",
    )
    email = fields.Char(compute="_compute_email")

    @api.depends("partner_id", "lead_id")
    def _compute_email(self):
        for entry in self:
            entry.email = entry.partner_id.email or entry.lead_id.email_from

    @api.model
    def _open(self, partner=None, lead=None):
        """Open the dialog for a contact or lead."""
        record = partner or lead
        record.check_access("read")
        entry = self.create(
            {
                "partner_id": partner.id if partner else lead.partner_id.id,
                "lead_id": lead.id if lead else False,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request of a Person"),
            "res_model": self._name,
            "res_id": entry.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "medium"},
        }

    def action_hand_over(self):
        """Make the request; the officer sees it, others only learn its number."""
        self.ensure_one()
        request = self._make_request()
        if self.send_link and request.email_normalized:
            request._send("received")
        if self.env["crm.privacy.request"].has_access("read"):
            return request.sudo(False)._get_records_action()
        return notification(
            self.env._(
                "Request %(name)s is handed over to the data protection officer.",
                name=request.name,
            ),
            then=CLOSE,
        )

    def _make_request(self):
        """Create the request of the person of this contact or lead."""
        person = self.lead_id or self.partner_id
        if not person:
            raise UserError(self.env._("Open the dialog from a contact or lead."))
        # the links of the dialog are not trusted: nobody files what they cannot see
        self.partner_id.check_access("read")
        if self.lead_id:
            self.lead_id.check_access("read")
        received = fields.Datetime.now()
        if self.received_on < fields.Date.context_today(self):
            received = fields.Datetime.to_datetime(self.received_on).replace(hour=12)
        company = person.company_id or self.env.company
        return (
            self.env["crm.privacy.request"]
            .sudo()
            .create(
                {
                    "type": self.type,
                    "source": "button",
                    "partner_id": self.partner_id.id,
                    "lead_id": self.lead_id.id,
                    "email": self.email,
                    "phone": self.partner_id.phone or self.lead_id.phone,
                    "lang": self.partner_id.lang or self.lead_id.lang_id.code,
                    "details": self.details,
                    "received_at": received,
                    "company_id": company.id,
                    "user_id": False,
                }
            )
        )
