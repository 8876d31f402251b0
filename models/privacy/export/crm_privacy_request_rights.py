from odoo import models


class CrmPrivacyRequest(models.Model):
    """What article 15 asks to tell besides the data: why, to whom, how long, from where."""

    _inherit = "crm.privacy.request"

    def _rights(self):
        """Give (title, lines) of what the person is told, in the language of the context."""
        return [
            (self.env._("Who is responsible"), self._told_controller()),
            (self.env._("What we use the data for"), self._told_purposes()),
            (self.env._("Who gets the data"), self._told_recipients()),
            (self.env._("How long we keep them"), self._told_retention()),
            (self.env._("Where they come from"), self._told_sources()),
            (self.env._("Profiling"), self._told_profiling()),
            (self.env._("Your rights"), self._told_rights()),
        ]

    def _told_controller(self):
        company = self.company_id.sudo()
        address = company.partner_id._display_address(without_company=True).replace("\n", ", ")
        lines = [", ".join(filter(None, [company.name, address.strip(", "), company.email]))]
        if "privacy_dpo_name" in company and company.privacy_dpo_name:
            contact = [company.privacy_dpo_name, company.privacy_dpo_email]
            lines.append(
                self.env._(
                    "Data protection officer: %(name)s", name=", ".join(filter(None, contact))
                )
            )
        return lines

    def _told_purposes(self):
        """Tell the purposes: those of the processing register, and of our messages."""
        lines = [
            ": ".join(filter(None, [processing.name, processing.purpose]))
            for processing in self._processings()
        ]
        purposes = self.env["crm.privacy.purpose"].sudo()
        bases = dict(purposes._fields["legal_basis"]._description_selection(self.env))
        domain = [("company_id", "in", [False, self.company_id.id])]
        lines += [f"{one.name} ({bases[one.legal_basis]})" for one in purposes.search(domain)]
        return lines or [self.env._("To answer you, to sell to you and to keep our accounts.")]

    def _processings(self):
        """Give the processings in force of the company, if there is a register."""
        if "crm.privacy.processing" not in self.env:
            return []
        return (
            self.env["crm.privacy.processing"]
            .sudo()
            .search(
                [
                    ("company_id", "in", [False, self.company_id.id]),
                    ("role", "=", "controller"),
                    ("state", "=", "active"),
                ]
            )
        )

    def _known_recipients(self):
        """Give the names of those who get data, from the processing register."""
        names = super()._known_recipients()
        for processing in self._processings():
            outside = processing.recipient_ids.filtered(lambda one: one.kind != "internal")
            names += [line._line_words() for line in outside]
        return list(dict.fromkeys(filter(None, names)))

    def _told_recipients(self):
        names = self._known_recipients()
        told = self.recipient_ids.filtered("notified_at").mapped("name")
        names += [name for name in told if name not in names]
        ours = self.env._("Our employees who need them, and the firms that run our software.")
        return [ours, *names]

    def _told_retention(self):
        lines = [
            f"{processing.name}: {line._line_words()}"
            for processing in self._processings()
            for line in processing.data_ids
            if line.retention
        ]
        return lines or [
            self.env._("Prospects: 3 years after the last contact that came from you."),
            self.env._("Customers: as long as you are our customer, and 3 years more."),
            self.env._(
                "Invoices and what proves them: %(years)s years from the end of the financial"
                " year.",
                years=self.company_id.sudo().privacy_accounting_years,
            ),
        ]

    def _told_sources(self):
        """Tell where the data came from, as far as the records know."""
        partners, leads = self._people()
        names = []
        for records in (partners, leads):
            if "suspect_import_id" in records:
                lists = records.sudo().suspect_import_id
                names += [one.source_id.name or one.name for one in lists]
        names += leads.sudo().source_id.mapped("name")
        names += [processing.source for processing in self._processings()]
        told = list(dict.fromkeys(filter(None, names)))
        return told or [self.env._("From yourself: what you told, wrote to or ordered from us.")]

    def _told_profiling(self):
        return [
            self.env._(
                "We rank contacts by what they bought and how they answer us, to decide to whom we"
                " write first. No decision with legal or similar effect is made by a machine alone."
                " You may object to it at any time."
            )
        ]

    def _told_rights(self):
        company = self.company_id.sudo()
        return [
            self.env._(
                "You may ask us to correct or delete your data, to restrict their use, to give them"
                " to you in a file, and you may object to their use. Where we rely on your consent"
                " you may withdraw it at any time."
            ),
            self.env._(
                "You may complain to the supervisory authority: %(authority)s",
                authority=company.privacy_authority or "",
            ),
        ]
