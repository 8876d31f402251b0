from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmPrivacyErasureEntry(models.Model):
    """The register of erasures: that, when and by whom a person was erased, never who it was.

    What does it prove?
        For each place how many records were deleted, blanked or redacted, and what is kept, with
        the article of the law and the end date; that the search afterwards found nothing else.
    How can one be found again?
        By the fingerprint of an address (see `secret`): who knows the address can ask whether
        it was erased. The register itself names nobody.
    May it be changed?
        No: it is only added to.
    """

    _name = "crm.privacy.erasure.entry"
    _description = "Entry of the Register of Erasures"
    _order = "date desc, id desc"

    name = fields.Char("Reference", required=True, readonly=True)
    request_id = fields.Many2one(
        "crm.privacy.request", ondelete="set null", index="btree_not_null", readonly=True
    )
    company_id = fields.Many2one("res.company", ondelete="set null", readonly=True, index=True)
    date = fields.Datetime("Erased On", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Erased By", ondelete="set null", readonly=True)
    approved_by_id = fields.Many2one("res.users", ondelete="set null", readonly=True)
    received_date = fields.Datetime("Request Received On", readonly=True)
    scan_date = fields.Datetime("Searched On", readonly=True)
    scanned_count = fields.Integer("Tables and Folders Searched", readonly=True)
    other_count = fields.Integer("Found of Other Persons", readonly=True)
    fingerprints = fields.Json(readonly=True, export_string_translation=False)
    line_ids = fields.One2many(
        "crm.privacy.erasure.entry.line", "entry_id", "Places", readonly=True
    )
    changed_count = fields.Integer("Records Changed", compute="_compute_counts")
    kept_count = fields.Integer("Records Kept", compute="_compute_counts")

    @api.depends("line_ids")
    def _compute_counts(self):
        for entry in self:
            kept = entry.line_ids.filtered(lambda line: line.action == "keep")
            entry.kept_count = sum(kept.mapped("record_count"))
            entry.changed_count = sum((entry.line_ids - kept).mapped("record_count"))

    def write(self, vals):
        """Refuse changes: a register is only added to.

        :raise AccessError: something would be changed
        """
        if vals:
            raise AccessError(self.env._("The register of erasures is only added to."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Refuse deletion.

        :raise AccessError: always
        """
        raise AccessError(self.env._("Entries of the register of erasures are not deleted."))

    def action_print(self):
        """Print the report: what was deleted and what is kept, and why."""
        return self.env.ref("crm_lifecycle.crm_privacy_erasure_report").report_action(self)
