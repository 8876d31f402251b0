from odoo import api, fields, models


class CrmPrivacyProcessingLineMixin(models.AbstractModel):
    """A line of a processing, whose changes are noted in the chatter of the processing."""

    _name = "crm.privacy.processing.line.mixin"
    _description = "Line of a Processing Activity"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    processing_id = fields.Many2one(
        "crm.privacy.processing", required=True, index=True, ondelete="cascade"
    )

    def _line_words(self):
        """Give the line in words, for the chatter."""
        return self.display_name

    @api.model_create_multi
    def create(self, vals_list):
        """Note new lines."""
        lines = super().create(vals_list)
        lines._note_lines(self.env._("Added"))
        return lines

    def write(self, vals):
        """Note what a line was and what it has become."""
        before = {line: line._line_words() for line in self}
        result = super().write(vals)
        changed = self.filtered(lambda line: line._line_words() != before[line])
        changed._note_lines(self.env._("Changed"), before)
        changed.processing_id.filtered(lambda entry: entry.state == "active")._check_complete()
        return result

    def unlink(self):
        """Note lines that go; an entry in force stays complete."""
        entries = self.processing_id
        self._note_lines(self.env._("Removed"))
        result = super().unlink()
        entries.filtered(lambda entry: entry.state == "active")._check_complete()
        return result

    def _note_lines(self, verb, before=None):
        """Note lines in the chatter of their processings, one note for each processing."""
        if self.env.context.get("tracking_disable") or self.env.context.get("install_mode"):
            return
        for processing, lines in self.grouped("processing_id").items():
            words = [
                f"{before[line]} → {line._line_words()}" if before else line._line_words()
                for line in lines
            ]
            processing._message_log(body=f"{verb}: {'; '.join(words)}")
