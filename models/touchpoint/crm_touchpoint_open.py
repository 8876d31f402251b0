from odoo import models
from odoo.exceptions import UserError


class CrmTouchpoint(models.Model):
    """What is behind a contact: its document, opened or named for those who may see it."""

    _inherit = "crm.touchpoint"

    def action_open_record(self):
        """Open the document, if the user may see it."""
        self.ensure_one()
        document = self._documents()[self]
        if document is None:
            raise UserError(self._no_document_message())
        if not document.sudo().exists():
            raise UserError(self.env._("The document of this touchpoint was deleted."))
        if not document.has_access("read"):
            raise UserError(
                self.env._(
                    "You may not see the document of this touchpoint: “%(kind)s”. Ask its owner or"
                    " your administrator.",
                    kind=self.env["ir.model"]._get(document._name).name,
                )
            )
        return document.get_formview_action()

    def _no_document_message(self):
        if self.source_id:
            return self.env._(
                "The document of this touchpoint is of a module that is not installed."
            )
        return self.env._(
            "This touchpoint was logged by %(user)s; there is no document to open.",
            user=self.user_id.sudo().name or self.env._("another program"),
        )

    def _documents(self):
        """Give what each contact opens: its record, or what its source says; None without any."""
        result = dict.fromkeys(self)
        for (source, model), touchpoints in self.grouped(
            lambda touchpoint: (touchpoint.sudo().source_id, touchpoint.res_model)
        ).items():
            if model not in self.env:
                continue
            records = self.env[model].sudo().browse(touchpoints.mapped("res_id")).exists()
            targets = source._targets(records)
            for touchpoint in touchpoints:
                result[touchpoint] = targets.get(
                    touchpoint.res_id, self.env[model].browse(touchpoint.res_id)
                )
        return result

    def _titles(self):
        """Name the documents that the user may see, by contact."""
        documents = {
            touchpoint: record for touchpoint, record in self._documents().items() if record
        }
        readable = {}
        for record in documents.values():
            readable.setdefault(record._name, self.env[record._name])
            readable[record._name] |= record
        for model, records in readable.items():
            readable[model] = records.exists()._filtered_access("read")
        return {
            touchpoint: record.display_name
            for touchpoint, record in documents.items()
            if record in readable[record._name]
        }
