from odoo import api, fields, models


class ResCompany(models.Model):
    """Who answers for personal data in a company, and how to reach them.

    Who gets the activities?
        The user of the data protection officer; without one, somebody of the group.
    What is printed on documents?
        Name, e-mail and phone of the officer, who need not be a user: many companies have one
        from outside.
    """

    _inherit = "res.company"

    privacy_dpo_user_id = fields.Many2one(
        "res.users",
        "User of the Data Protection Officer",
        domain=[("share", "=", False)],
        ondelete="set null",
        help="Gets the activities: requests, breaches, reviews.",
        prefetch="crm_lifecycle",
    )
    privacy_dpo_name = fields.Char(
        "Data Protection Officer",
        compute="_compute_dpo_name",
        store=True,
        readonly=False,
        prefetch="crm_lifecycle",
    )
    privacy_dpo_email = fields.Char(
        "E-mail of the Data Protection Officer",
        compute="_compute_dpo_email",
        store=True,
        readonly=False,
        prefetch="crm_lifecycle",
    )
    privacy_dpo_phone = fields.Char(
        "Phone of the Data Protection Officer",
        compute="_compute_dpo_phone",
        store=True,
        readonly=False,
        prefetch="crm_lifecycle",
    )
    privacy_controller_contact = fields.Char(
        "Contact of the Controller",
        help="Who represents the company as controller: name, function, e-mail or phone.",
        prefetch="crm_lifecycle",
    )
    privacy_representative = fields.Char(
        "Representative in the European Union",
        help="Name and contact; only for companies outside of the European Union (art. 27).",
        prefetch="crm_lifecycle",
    )

    # one method for each field: what is written in one of them must not keep the others empty
    @api.depends("privacy_dpo_user_id")
    def _compute_dpo_name(self):
        for company in self:
            company.privacy_dpo_name = company.privacy_dpo_name or company.privacy_dpo_user_id.name

    @api.depends("privacy_dpo_user_id")
    def _compute_dpo_email(self):
        for company in self:
            user = company.privacy_dpo_user_id
            company.privacy_dpo_email = company.privacy_dpo_email or user.email

    @api.depends("privacy_dpo_user_id")
    def _compute_dpo_phone(self):
        for company in self:
            user = company.privacy_dpo_user_id
            company.privacy_dpo_phone = company.privacy_dpo_phone or user.phone

    def _privacy_officer(self):
        """Give the user who gets the activities about personal data of a company."""
        self.ensure_one()
        if self.privacy_dpo_user_id.active:
            return self.privacy_dpo_user_id
        group = self.env.ref("crm_lifecycle.group_privacy_officer").sudo()
        users = group.all_user_ids.filtered(
            lambda user: user.active and not user.share and self in user.company_ids
        )
        return users.sorted("id")[:1] or self.env.ref("base.user_admin")
