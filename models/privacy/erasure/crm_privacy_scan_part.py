from odoo import api, fields, models


class CrmPrivacyScanPart(models.Model):
    """One table or one folder of files that a scan reads, and how far it is.

    `last_id` is the last record that was read, so a part that was interrupted goes on there.
    """

    _name = "crm.privacy.scan.part"
    _description = "Part of a Search"
    _order = "state desc, kind desc, weight, name, id"

    STATES = ("todo", "failed", "done")

    scan_id = fields.Many2one(
        "crm.privacy.scan", required=True, ondelete="cascade", index=True, readonly=True
    )
    kind = fields.Selection(
        [("table", "Table"), ("files", "Files")], required=True, default="table", readonly=True
    )
    name = fields.Char("Table or Folder", required=True, readonly=True)
    weight = fields.Integer("Rows or Files", readonly=True, aggregator="sum")
    last_id = fields.Integer(readonly=True)
    state = fields.Selection(
        [("done", "Read"), ("failed", "Not readable"), ("todo", "To Read")],
        required=True,
        default="todo",
        readonly=True,
    )
    error = fields.Char("Why It Was Not Readable", readonly=True)

    _todo_idx = models.Index("(scan_id, kind, weight) WHERE state = 'todo'")

    @api.depends("kind", "name")
    def _compute_display_name(self):
        for part in self:
            files = self.env._("Files %(name)s", name=part.name)
            part.display_name = files if part.kind == "files" else part.name
