from odoo import api, fields, models
from odoo.tools import SQL


class CrmPrivacyLegalIdentity(models.Model):
    """Who was invoiced, as invoiced: kept apart when the contact itself is erased.

    Why?
        Invoices are kept for years from the end of the financial year, with the name and address
        of the customer (C. com. L123-22, article 17(3)(b) of the GDPR). In the list of contacts
        the person must be gone.
    Who sees it?
        The data protection officer and accountants with full rights; nobody changes it.
    Until when?
        Until the last of the invoices need not be kept any more; then it is deleted.
    """

    _name = "crm.privacy.legal.identity"
    _description = "Identity Kept for Invoices"
    _order = "keep_until, id"

    COPIED = (
        "name",
        "street",
        "street2",
        "zip",
        "city",
        "country_id",
        "vat",
        "company_registry",
    )

    partner_id = fields.Many2one(
        "res.partner", "Erased Contact", required=True, ondelete="restrict", readonly=True
    )
    name = fields.Char("Name as Invoiced", readonly=True)
    street = fields.Char(readonly=True)
    street2 = fields.Char(readonly=True)
    zip = fields.Char(readonly=True)
    city = fields.Char(readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    vat = fields.Char("Tax ID", readonly=True)
    company_registry = fields.Char(readonly=True)
    article = fields.Char(readonly=True)
    keep_until = fields.Date(readonly=True, index=True)

    _partner_unique = models.Constraint(
        "UNIQUE(partner_id)", "The identity of this contact is kept already."
    )

    @api.model
    def _keep(self, partner_ids, article):
        """Keep the identity of those contacts that have posted entries; return the records.

        What was kept before stays as it was: by then the contact may be erased already.
        """
        known = self.sudo().search([("partner_id", "in", list(partner_ids))])
        new = set(partner_ids) - set(known.partner_id.ids)
        dates = self._end_dates(new)
        partners = self.env["res.partner"].sudo().browse(dates)
        partners = partners.with_context(active_test=False, lang=None)
        return known | self.sudo().create(
            [
                {
                    **{
                        name: partner[name] or False for name in self.COPIED if name != "country_id"
                    },
                    "partner_id": partner.id,
                    "country_id": partner.country_id.id,
                    "article": article,
                    "keep_until": dates[partner.id],
                }
                for partner in partners
            ]
        )

    def _end_dates(self, partner_ids):
        """Give {partner id: end date} of the contacts with entries that are kept."""
        query = SQL(
            "SELECT partner_id, id FROM account_move WHERE partner_id = ANY(%s)", list(partner_ids)
        )
        rows = self.env.execute_query(query)
        kept = self.env["crm.privacy.erasure"]._kept_rows("account.move", [row[1] for row in rows])
        dates = {}
        for partner_id, move_id in rows:
            if move_id in kept:
                dates[partner_id] = max(kept[move_id], dates.get(partner_id, kept[move_id]))
        return dates
