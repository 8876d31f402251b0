from odoo import api, fields, models

from .crm_privacy_location_rule import ACTIONS

# A person has hardly more rows at one place than this; the others are counted, not opened.
OPENED = 2000


class CrmPrivacyRequestLine(models.Model):
    """What an erasure does at one place: planned first, done later, kept as the report.

    Does a line hold data of the person?
        No: the place, how many rows, their numbers, what is done and why.
    What do the states mean?
        *Planned*: nothing happened yet. *To search*: the table is large, its texts are read in
        the background. *Done*, *kept* by law until a date, *to look at*: an erasure with such a
        line cannot be closed as complete. *Failed*: with the reason; it is tried again.
    """

    _name = "crm.privacy.request.line"
    _description = "Place of an Erasure"
    _order = "sequence, id"

    request_id = fields.Many2one(
        "crm.privacy.request", required=True, ondelete="cascade", index=True
    )
    location_id = fields.Many2one("crm.privacy.location", "Place", ondelete="set null")
    name = fields.Char("Data", required=True)
    subject = fields.Selection(related="location_id.subject", string="Subject")
    res_model = fields.Char(required=True)
    field_name = fields.Char()
    sequence = fields.Integer()
    scope = fields.Selection(
        [
            ("kept", "Kept by law"),
            ("link", "Linked to the person"),
            ("own", "Field of the person's records"),
            ("mention", "Somebody else's record that names the person"),
            ("record", "The person's record"),
        ],
        required=True,
    )
    action = fields.Selection(ACTIONS, "What Is Done", required=True)
    record_count = fields.Integer("Records")
    changed_count = fields.Integer("Changed")
    res_ids = fields.Json()
    reason = fields.Char("Why")
    article = fields.Char()
    keep_until = fields.Date()
    searched_id = fields.Integer(help="The rows up to this number have been read.")
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("search", "To Search"),
            ("done", "Done"),
            ("kept", "Kept"),
            ("open", "To Look At"),
            ("failed", "Failed"),
        ],
        default="planned",
        required=True,
    )
    error = fields.Char()

    _keep_until_idx = models.Index("(keep_until) WHERE state = 'kept'")

    @api.model
    def _values_of(self, found, sequence):
        """Give the values of the line for what was found at a place."""
        place = found.place
        state = "search" if found.waiting else "planned"
        if found.action == "keep":
            state = "kept"
        elif found.action in ("report", "unclassified"):
            state = "open"
        return {
            "location_id": place.id,
            "name": self._label(found),
            "res_model": place.model,
            "field_name": place.field,
            "sequence": sequence,
            "scope": found.scope,
            "action": found.action,
            "record_count": len(found.ids),
            "res_ids": found.ids,
            "reason": self._reason(found),
            "article": found.article,
            "keep_until": found.until,
            "state": state,
        }

    def _label(self, found):
        model = found.place.model_id.name
        whole = found.scope in ("kept", "record") or found.action == "keep" or found.waiting
        if whole or found.place.link in ("self", "polymorphic"):
            return model
        return f"{model}: {found.place.field_id.field_description}"

    def _reason(self, found):
        if found.action == "keep":
            return self.env._("Accounting documents must be kept (C. com. L123-22)")
        if found.action == "unclassified":
            return self.env._("Nobody has said yet what is done with this place")
        if found.waiting:
            return self.env._("Large table: its texts are searched in the background")
        return found.place.reason

    def action_classify(self):
        """Open the place, to say what is done there; the plan is made again afterwards."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.privacy.location",
            "res_id": self.location_id.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_open_records(self):
        """Open the records; show them in a dialog to officers who have no access of their own."""
        self.ensure_one()
        ids = (self.res_ids or [])[:OPENED]
        look = self.env["crm.privacy.look"]
        if not look._may_open(self.res_model, ids):
            return look._action(self, self.name)
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.res_model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
            "context": {"active_test": False, "create": False},
        }
