from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime, html2plaintext

from ...models.privacy.export.masking import is_secret

# What one looks at in a dialog; the other records are counted.
SHOWN = 80
CHARACTERS = 300
# What tells people of the same name apart; other fields of the record stay closed.
DESCRIBING = (
    "name",
    "contact_name",
    "partner_name",
    "parent_id",
    "function",
    "email",
    "email_from",
    "login",
    "phone",
    "street",
    "zip",
    "city",
    "country_id",
    "user_id",
    "company_id",
    "create_date",
)


class CrmPrivacyLook(models.TransientModel):
    """Shows an officer the records behind a number that the officer has no right to open.

    Why is it needed?
        The officer is no salesperson and no accountant, but answers for what is erased and kept.
    What is shown?
        Only what a plan, a list of records of a person or a search has found, and of it only the
        field in question; of a record that may be the person what tells people apart.
    Does it keep a copy?
        No: it stores which line it shows, and reads the records when it is displayed.
    """

    _name = "crm.privacy.look"
    _description = "Records of a Place"

    line_id = fields.Many2one("crm.privacy.request.line", readonly=True, ondelete="cascade")
    identity_id = fields.Many2one("crm.privacy.identity", readonly=True, ondelete="cascade")
    hit_id = fields.Many2one("crm.privacy.scan.hit", readonly=True, ondelete="cascade")
    content = fields.Html(compute="_compute_content", sanitize=False)

    @api.model
    def _action(self, shown, title):
        """Open the dialog for a line of a plan, of an identity or of a search."""
        names = {field.comodel_name: name for name, field in self._fields.items() if field.store}
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": self.create({names[shown._name]: shown.id}).id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _may_open(self, model, ids):
        """Tell whether the reader may open all these records; those that are gone do not count."""
        records = self.env[model].with_context(active_test=False)
        if not records.has_access("read"):
            return False
        there = records.sudo().search_count([("id", "in", ids)])
        return records.search_count([("id", "in", ids)]) == there

    @api.depends("line_id", "identity_id", "hit_id")
    def _compute_content(self):
        for look in self:
            source = look.line_id or look.identity_id or look.hit_id
            # the line decides who may look: officers, of the companies of the request
            source.check_access("read")
            look.content = look._content_of(source)

    def _content_of(self, source):
        model, ids, names = self._asked(source)
        if model not in self.env:
            return self._nothing()
        there = self.env[model].sudo().with_context(active_test=False)
        records = there.browse(ids[:SHOWN]).exists()
        if not records:
            return self._nothing()
        rows = Markup().join(self._row(record, names) for record in records)
        table = Markup('<table class="table table-sm"><tbody>%s</tbody></table>') % rows
        return table + self._more(len(ids) - SHOWN)

    def _nothing(self):
        text = self.env._("These records do not exist any more.")
        return Markup('<p class="text-muted">%s</p>') % text

    def _more(self, count):
        if count <= 0:
            return Markup()
        text = self.env._("Not shown: %(count)s more.", count=count)
        return Markup('<p class="text-muted">%s</p>') % text

    def _asked(self, source):
        """Give the model, the ids and the fields that a line is about."""
        if source._name == "crm.privacy.request.line":
            return source.res_model, source.res_ids or [], [source.field_name]
        if source._name == "crm.privacy.scan.hit":
            return source.res_model, [source.res_id], [source.column_name]
        return source.res_model, [source.res_id], DESCRIBING

    def _row(self, record, names):
        cells = Markup().join(
            Markup('<div><span class="text-muted">%s</span> %s</div>') % (label, text)
            for label, text in self._values(record, names)
        )
        return Markup('<tr><td class="fw-bold">%s</td><td class="text-break">%s</td></tr>') % (
            record.display_name or f"{self.env._('Number')} {record.id}",
            cells,
        )

    def _values(self, record, names):
        for name in names:
            field = record._fields.get(name)
            if field and not is_secret(name) and (text := self._text(record, field)):
                yield field._description_string(self.env), text

    def _text(self, record, field):
        """Give a value as people read it, shortened."""
        value = record[field.name]
        if field.relational:
            value = ", ".join(value[:SHOWN].mapped("display_name"))
        elif field.type == "datetime":
            value = value and format_datetime(self.env, value)
        elif field.type == "binary":
            value = value and self.env._("a file")
        elif field.type == "html":
            value = html2plaintext(value or "")
        text = str(value or "").strip()
        return text if len(text) <= CHARACTERS else f"{text[:CHARACTERS]}…"
