from odoo import api, fields, models
from odoo.tools import SQL

KEEP_MONTHS = 13


class CrmPrivacyRefusal(models.Model):
    """A public link that did not work, or a form too many: the trace of it.

    What is it for?
        Many at once say that somebody tries links, or that a mail went out with wrong ones.
    What is kept?
        The page, the reason and the moment: nothing about the visitor or the person.
    """

    _name = "crm.privacy.refusal"
    _description = "Refused Visit of a Public Page"
    _order = "date desc, id desc"
    _log_access = False
    _rec_name = "reason"

    page = fields.Selection(
        [
            ("preferences", "Preference page"),
            ("confirm", "Confirming link"),
            ("subscribe", "Subscription form"),
            ("request", "Request of a person"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Selection(
        [
            ("tampered", "Altered link"),
            ("expired", "Expired link"),
            ("used", "Link used before"),
            ("too_many", "Too many forms"),
        ],
        required=True,
        readonly=True,
    )
    date = fields.Datetime(required=True, readonly=True, index=True)

    @api.model
    def _note(self, page, reason):
        """Leave a trace."""
        return self.sudo().create({"page": page, "reason": reason, "date": fields.Datetime.now()})

    @api.autovacuum
    def _gc_old(self):
        """Forget them after some months."""
        old = fields.Datetime.subtract(fields.Datetime.now(), months=KEEP_MONTHS)
        self.env.cr.execute(SQL("DELETE FROM crm_privacy_refusal WHERE date < %s", old))
