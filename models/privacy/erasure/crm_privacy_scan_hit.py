from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: What keeps an erasure from being closed.
BLOCKING = ("left", "unclassified")


class CrmPrivacyScanHit(models.Model):
    """A record or file in which a scan found something of an erased person.

    What can be done with one that is left over?
        Open it and correct it; or classify its place, erase and search again; or say that it
        is about another person of the same name, with the reason.
    What is noted?
        Where it is and which kind of value it is; not the value, and not the text around it.
    """

    _name = "crm.privacy.scan.hit"
    _description = "What Is Left of a Person"
    _order = "blocking desc, table_name, res_id, id"

    scan_id = fields.Many2one(
        "crm.privacy.scan", required=True, ondelete="cascade", index=True, readonly=True
    )
    request_id = fields.Many2one(related="scan_id.request_id", store=True, index=True)
    company_id = fields.Many2one(related="scan_id.company_id", store=True)
    table_name = fields.Char("Table", required=True, readonly=True)
    column_name = fields.Char("Column", required=True, readonly=True)
    res_model = fields.Char("Kind of Record", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    kinds = fields.Char("What Was Found", compute="_compute_kinds")
    kind_codes = fields.Char(readonly=True, required=True)
    place = fields.Char(compute="_compute_place")
    location_id = fields.Many2one("crm.privacy.location", ondelete="set null", readonly=True)
    verdict = fields.Selection(
        [
            ("left", "Left over"),
            ("unclassified", "To classify"),
            ("explained", "Kept by law"),
            ("other", "Another person"),
        ],
        required=True,
        default="left",
        readonly=True,
        index=True,
    )
    blocking = fields.Boolean("Keeps Open", compute="_compute_blocking", store=True)
    article = fields.Char(readonly=True)
    keep_until = fields.Date("Kept Until", readonly=True)
    note = fields.Char("Why It Is Another Person", help="Without naming anybody.")

    @api.depends("verdict")
    def _compute_blocking(self):
        for hit in self:
            hit.blocking = hit.verdict in BLOCKING

    @api.depends("kind_codes")
    def _compute_kinds(self):
        labels = {
            "email": self.env._("e-mail address"),
            "phone": self.env._("phone number"),
            "name": self.env._("name"),
            "other": self.env._("account number"),
            "coded": self.env._("encoded value"),
        }
        for hit in self:
            codes = (hit.kind_codes or "").split(",")
            hit.kinds = ", ".join(labels.get(code, code) for code in codes)

    @api.depends("res_model", "column_name", "table_name")
    def _compute_place(self):
        for hit in self:
            model = self.env.get(hit.res_model)
            if model is None:
                hit.place = self.env._("File %(name)s", name=hit.column_name)
                continue
            field = model._fields.get(hit.column_name)
            label = field._description_string(self.env) if field else hit.column_name
            hit.place = f"{self.env['ir.model']._get(hit.res_model).name}: {label}"

    def write(self, vals):
        """Let people write their note only; the rest follows from the search.

        :raise AccessError: somebody writes a verdict
        """
        if not self.env.su and vals.keys() - {"note"}:
            raise AccessError(
                self.env._(
                    "What was found, and what it means, follows from the search. Only the note"
                    " can be entered."
                )
            )
        return super().write(vals)

    def action_open_record(self):
        """Open the record; show it in a dialog to officers who have no access of their own."""
        self.ensure_one()
        if self.res_model not in self.env or not self.res_id:
            raise UserError(
                self.env._(
                    "This is a file that no document shows. It disappears with the next daily"
                    " clean-up of Odoo; search again afterwards."
                )
            )
        look = self.env["crm.privacy.look"]
        if not look._may_open(self.res_model, [self.res_id]):
            return look._action(self, self.place)
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_other_person(self):
        """Say that these are about another person, for the reason that was entered."""
        if self.filtered(lambda hit: not hit.note):
            raise UserError(
                self.env._(
                    "Say how you know that it is another person, for example: other date of"
                    " birth, other company. Do not name anybody."
                )
            )
        self.check_access("write")
        self.sudo().write({"verdict": "other"})
        self.scan_id.action_judge()
