from odoo import fields, models

#: Rows that are read in one step.
STEP = 500


class CrmPrivacyRequestPart(models.Model):
    """One part of the copy of a person's data: the records of one model.

    Why is it kept?
        Until the copy is complete, so that a copy that was interrupted goes on where it was.
        Then the content is deleted with the part.
    What if one part fails?
        The others go on; `error` says why, and the part can be tried again.
    """

    _name = "crm.privacy.request.part"
    _description = "Part of a Copy of Personal Data"
    _order = "request_id, id"
    _rec_name = "model"

    request_id = fields.Many2one(
        "crm.privacy.request", required=True, ondelete="cascade", index=True
    )
    model = fields.Char(required=True, readonly=True)
    subject = fields.Char(required=True, readonly=True)
    label = fields.Char("Records", compute="_compute_label")
    state = fields.Selection(
        [("todo", "To Do"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        default="todo",
        readonly=True,
        index=True,
    )
    own_ids = fields.Json(groups="base.group_system", export_string_translation=False)
    other_ids = fields.Json(groups="base.group_system", export_string_translation=False)
    is_searched = fields.Boolean(readonly=True)
    row_count = fields.Integer("Number", readonly=True)
    error = fields.Text(readonly=True)
    content = fields.Json(groups="base.group_system", export_string_translation=False)

    def _compute_label(self):
        names = {
            model: self.env["ir.model"]._get(model).name for model in set(self.mapped("model"))
        }
        for part in self:
            part.label = names[part.model]

    def _read_step(self):
        """Find the records, or read the next of those that were found."""
        self.ensure_one()
        request = self.request_id.sudo()
        lang = request.lang or request.company_id.partner_id.lang or "en_US"
        places = request._export_places().get(self.model, self.env["crm.privacy.location"])
        places = places.with_context(lang=lang).with_company(request.company_id)
        if not self.is_searched:
            self._search_step(places, request)
        self._rows_step(places, request)

    def _search_step(self, places, request):
        """Note which records are copied."""
        provided = request.type == "portability"
        own, others = places._export_ids(request._identity(), provided) if places else ([], [])
        self.write({"is_searched": True, "own_ids": own, "other_ids": others})

    def _rows_step(self, places, request):
        """Read the next records, and forget that they are to be read."""
        own, others = self.own_ids or [], self.other_ids or []
        first, rest = own[:STEP], own[STEP:]
        second, remaining = others[: STEP - len(first)], others[STEP - len(first) :]
        rows = []
        if first or second:
            provided = request.type == "portability"
            rows = places._export_rows(request._identity(), first, second, provided)
        self.write(
            {
                "content": [*(self.content or []), *rows],
                "own_ids": rest,
                "other_ids": remaining,
                "row_count": self.row_count + len(rows),
                "state": "todo" if rest or remaining else "done",
            }
        )
