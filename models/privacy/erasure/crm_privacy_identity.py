from odoo import api, fields, models

from .identity import RECORDS

MODELS = [
    ("res.partner", "Contact"),
    ("crm.lead", "Lead"),
    ("res.users", "User"),
    ("mail.guest", "Guest of a chat"),
    ("mailing.contact", "Mailing contact"),
]


class CrmPrivacyIdentity(models.Model):
    """One record that is, or may be, the person who made a request.

    Who proposes it?
        The search of the request: the contact itself, its addresses, records with the same
        e-mail or phone number, archived ones too, accounts, guests, leads; and people of the
        same name.
    What is confirmed from the start?
        What is linked to the person and names nobody else, and what has both the same e-mail
        and the same name. The same phone number alone, the same e-mail with another name or the
        same name alone may be somebody else: the officer looks and decides.
    What happens to what is not confirmed?
        Nothing. And what such a record has in common with the person (the address of an office,
        the number of a switchboard, the name) is then not searched for in texts.
    """

    _name = "crm.privacy.identity"
    _description = "Record of a Person"
    _order = "confirmed desc, res_model desc, res_id"

    request_id = fields.Many2one(
        "crm.privacy.request", required=True, ondelete="cascade", index=True
    )
    res_model = fields.Selection(MODELS, "Kind", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", required=True, readonly=True
    )
    reason = fields.Selection(
        [
            ("asked", "Named in the request"),
            ("linked", "Linked to the person"),
            ("linked_other", "Linked to the person, but names somebody else"),
            ("child", "Address or contact of the person"),
            ("same_email", "Same e-mail and same name"),
            ("other_name", "Same e-mail, other name"),
            ("same_mailbox", "Same mailbox, address with a + sign"),
            ("phone_and_name", "Same phone number and same name"),
            ("same_phone", "Same phone number"),
            ("same_name", "Same name only"),
            ("manual", "Added by hand"),
        ],
        "Why",
        required=True,
        default="manual",
        readonly=True,
    )
    confirmed = fields.Boolean("It Is This Person", help="Only confirmed records are touched.")
    label = fields.Char("Name", compute="_compute_label")
    detail = fields.Char("E-mail, Phone, Company", compute="_compute_label")
    archived = fields.Boolean(compute="_compute_label")

    _record_unique = models.Constraint(
        "UNIQUE(request_id, res_model, res_id)", "This record is in the list already."
    )

    @api.depends("res_model", "res_id")
    def _compute_label(self):
        """Describe the records, also those that the reader may not open."""
        for model, lines in self.grouped("res_model").items():
            records = self.env[model].sudo().with_context(active_test=False) if model else None
            for line in lines:
                record = records.browse(line.res_id).exists() if model else None
                line.label = record.display_name if record else self.env._("Erased")
                line.detail = line._details(record) if record else False
                line.archived = bool(record) and "active" in record and not record.active

    def _details(self, record):
        names = ("email", "email_from", "login", "phone", "company_id")
        values = [record[name] for name in names if name in record._fields]
        texts = [
            value if isinstance(value, str) else value.display_name for value in values if value
        ]
        return ", ".join(dict.fromkeys(texts))

    def write(self, vals):
        """Ask for the confirmation of the identity again when the list changes."""
        self.request_id._check_identity_open()
        result = super().write(vals)
        self.request_id._reset_identity()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        """Ask for the confirmation of the identity again when the list changes."""
        lines = super().create(vals_list)
        lines.request_id._check_identity_open()
        lines.request_id._reset_identity()
        return lines

    def unlink(self):
        """Let nobody leave the list while an erasure runs."""
        if not self.env.su:
            self.request_id._check_identity_open()
        self.request_id._reset_identity()
        return super().unlink()

    def action_open_record(self):
        """Open the record; show it in a dialog to officers who have no access of their own."""
        self.ensure_one()
        look = self.env["crm.privacy.look"]
        if not look._may_open(self.res_model, [self.res_id]):
            return look._action(self, self.label)
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def _of_model(self, model):
        """Give the ids of the records of a model in these lines."""
        return [line.res_id for line in self if line.res_model == model]

    def _sets(self):
        """Give the ids by the names that an Identity has for them."""
        return {name: self._of_model(model) for model, name in RECORDS.items()}
