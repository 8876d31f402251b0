from odoo import fields, models


class CrmPrivacyPlaySample(models.TransientModel):
    """A record behind a number, by name and date: Odoo deletes it after an hour."""

    _name = "crm.privacy.play.sample"
    _description = "Record with a Personal Field"
    _order = "number desc"
    _transient_max_hours = 1.0

    name = fields.Char(readonly=True)
    number = fields.Integer("Record Number", readonly=True)
    date = fields.Datetime("Created On", readonly=True)
