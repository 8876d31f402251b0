import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmPrivacyWording(models.Model):
    """The exact text that people read when they say yes or no, in one version.

    Can a text change?
        Until somebody has answered it. From then on it proves what they agreed to: a change is
        a new version, and the old one stays with the answers that were given to it.
    Which one is shown?
        The last version of the purpose, in the language of the reader.
    What is the fingerprint?
        A hash of the text as the person read it. Each consent keeps it, so that anybody can
        check that the text was not altered afterwards.
    """

    _name = "crm.privacy.wording"
    _description = "Wording of a Purpose"
    _order = "purpose_id, version desc"
    _rec_name = "text"

    purpose_id = fields.Many2one(
        "crm.privacy.purpose", required=True, ondelete="cascade", index=True
    )
    version = fields.Integer(readonly=True, copy=False)
    text = fields.Text(required=True, translate=True)
    fingerprint = fields.Char(compute="_compute_fingerprint")
    consent_count = fields.Integer("Answers", compute="_compute_consent_count")

    _version_once = models.Constraint(
        "UNIQUE(purpose_id, version)", "A purpose has each version of its wording once."
    )

    @api.depends("text")
    @api.depends_context("lang")
    def _compute_fingerprint(self):
        for wording in self:
            wording.fingerprint = fingerprint(wording.text or "")

    def _compute_consent_count(self):
        counts = dict(
            self.env["crm.privacy.consent"]
            .sudo()
            ._read_group([("wording_id", "in", self.ids)], ["wording_id"], ["__count"])
        )
        for wording in self:
            wording.consent_count = counts.get(wording, 0)

    @api.depends("purpose_id", "version")
    def _compute_display_name(self):
        for wording in self:
            wording.display_name = self.env._(
                "%(purpose)s, version %(version)s",
                purpose=wording.purpose_id.name or "",
                version=wording.version,
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Number the versions of each purpose."""
        wordings = super().create(vals_list)
        for wording in wordings.filtered(lambda wording: not wording.version):
            versions = wording.purpose_id.wording_ids.mapped("version")
            wording.version = max(versions, default=0) + 1
        return wordings

    def write(self, vals):
        """Refuse another text or purpose once somebody has answered."""
        if not vals.keys().isdisjoint({"text", "purpose_id", "version"}):
            self._check_unanswered()
        return super().write(vals)

    def update_field_translations(self, field_name, translations, source_lang=""):
        """Refuse other translations, too, once somebody has answered."""
        self._check_unanswered()
        return super().update_field_translations(field_name, translations, source_lang)

    @api.ondelete(at_uninstall=False)
    def _unlink_unanswered(self):
        self._check_unanswered()

    def _check_unanswered(self):
        consents = self.env["crm.privacy.consent"].sudo()
        answered = consents.search([("wording_id", "in", self.ids)], limit=1).wording_id
        if answered:
            raise UserError(
                self.env._(
                    "People have answered to the wording %(wording)s: it proves what they agreed"
                    " to and cannot change any more. Add a new version of the wording instead.",
                    wording=answered.display_name,
                )
            )


def fingerprint(text):
    """Give the hash of a text, whatever the line ends and the space around it.

    >>> fingerprint("I agree.") == fingerprint("I agree.\\r\\n")
    True
    >>> fingerprint("I agree.") == fingerprint("I agree!")
    False
    """
    return hashlib.sha256("\n".join(text.split()).encode()).hexdigest()
