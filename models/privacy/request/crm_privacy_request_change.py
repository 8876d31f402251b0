from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from . import corrections


class CrmPrivacyRequestChange(models.Model):
    """One field that a person wants to have corrected, before and after.

    Which fields?
        Texts, dates, choices and places of the contact or lead that the request is about.
    When is it written?
        When the request is run; the value before is read at that moment.
    How long are the values kept?
        Some months (setting). Then the register only says which fields were corrected.
    """

    _name = "crm.privacy.request.change"
    _description = "Correction of a Request"
    _order = "request_id, id"
    _rec_name = "field_id"

    request_id = fields.Many2one(
        "crm.privacy.request", required=True, ondelete="cascade", index=True
    )
    request_state = fields.Selection(related="request_id.state")
    model = fields.Selection(
        [("res.partner", "Contact"), ("crm.lead", "Lead")],
        "Record Type",
        required=True,
        compute="_compute_model",
        store=True,
        precompute=True,
        readonly=False,
    )
    field_id = fields.Many2one(
        "ir.model.fields",
        required=True,
        ondelete="cascade",
        domain="[('model', '=', model), ('store', '=', True), ('readonly', '=', False),"
        " ('ttype', 'in', ['char', 'text', 'html', 'date', 'selection', 'many2one']),"
        " ('name', 'not in', ['company_id', 'user_id', 'parent_id'])]",
    )
    old_value = fields.Char("Before", compute="_compute_old_value", store=True, readonly=True)
    new_value = fields.Char("After", help="Empty to delete the value.")
    applied_at = fields.Datetime("Corrected On", readonly=True)
    purged = fields.Boolean("Values Deleted", readonly=True)

    @api.depends("request_id")
    def _compute_model(self):
        for change in self:
            request = change.request_id
            only_lead = request.lead_id and not request.partner_id
            change.model = change.model or ("crm.lead" if only_lead else "res.partner")

    @api.depends("field_id", "model", "request_id.partner_id", "request_id.lead_id")
    def _compute_old_value(self):
        for change in self.filtered(lambda change: not change.applied_at):
            change.old_value = change._current_value()

    @api.constrains("field_id", "model", "new_value")
    def _check_value(self):
        for change in self.filtered(lambda change: not change.purged and not change.applied_at):
            if change.field_id.model != change.model:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” is not a field of the record to correct.",
                        field=change.field_id.field_description,
                    )
                )
            change._converted()

    def write(self, vals):
        """Let nobody rewrite a correction that was made."""
        if not self.env.su and any(change.applied_at for change in self):
            raise UserError(self.env._("This correction is made: make another request for more."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_applied(self):
        if any(change.applied_at for change in self):
            raise UserError(
                self.env._("A correction that was made is part of the register: it stays.")
            )

    def _record(self):
        """Give the contact or lead that is corrected."""
        request = self.request_id.sudo()
        return request.lead_id if self.model == "crm.lead" else request.partner_id

    def _current_value(self):
        """Give the value of the field now, as people read it."""
        record = self._record()
        name = self.field_id.sudo().name
        if not record or name not in record._fields:
            return False
        field = record._fields[name]
        return field.convert_to_export(record[name], record) and str(
            field.convert_to_export(record[name], record)
        )

    def _converted(self):
        """Give the new value in the form that the field takes.

        :raise ValidationError: the field does not take such a value
        """
        record = self.env[self.model].sudo()
        field = record._fields.get(self.field_id.sudo().name)
        if not field or field.type not in corrections.TYPES:
            raise ValidationError(self.env._("This field cannot be corrected here."))
        value = (self.new_value or "").strip()
        if not value:
            return False
        if field.type == "many2one":
            return self._found(field, value)
        choices = field._description_selection(self.env) if field.type == "selection" else ()
        try:
            return corrections.convert(field.type, value, choices)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "“%(value)s” is no value for “%(field)s”. Dates are written like 2026-03-31;"
                    " of a choice, take one of its names.",
                    value=value,
                    field=self.field_id.field_description,
                )
            ) from error

    def _found(self, field, value):
        """Give the id of the one record of this name."""
        found = self.env[field.comodel_name].sudo().name_search(value, operator="=ilike", limit=2)
        if len(found) != 1:
            raise ValidationError(
                self.env._(
                    "“%(value)s” is not the name of exactly one record for “%(field)s”.",
                    value=value,
                    field=self.field_id.field_description,
                )
            )
        return found[0][0]

    def _apply(self):
        """Write the corrections of one contact or lead."""
        for record, changes in self.grouped(lambda change: change._record()).items():
            for change in changes:
                change.sudo().old_value = change._current_value()
            # the wrong value is not kept in the history of the contact as well
            record.sudo().with_context(tracking_disable=True).write(
                {change.field_id.sudo().name: change._converted() for change in changes}
            )
        self.sudo().write({"applied_at": fields.Datetime.now()})

    @api.autovacuum
    def _gc_values(self):
        """Delete the values that are older than the setting of their company."""
        today = fields.Date.today()
        stale = self.browse()
        for company in self.env["res.company"].sudo().search([("id", "!=", False)]):
            limit = corrections.kept_since(today, company.privacy_values_months)
            stale |= self.sudo().search(
                [
                    ("request_id.company_id", "=", company.id),
                    ("purged", "=", False),
                    ("applied_at", "<", limit),
                ]
            )
        stale.write({"old_value": False, "new_value": False, "purged": True})
