from odoo.tools import format_date, format_datetime, html2plaintext

from ..erasure.identity import searchable
from . import masking

SCALARS = ("boolean", "integer", "float", "monetary", "date", "datetime", "selection")
TEXTS = ("char", "text", "html")


class Reader:
    """Reads records as the person may read them; the names of others are fetched once."""

    def __init__(self, env, identity, records):
        self.env = env
        self.zone = env.company.resource_calendar_id.tz or "UTC"
        self.own_partners = set(identity.partner_ids)
        self.own_users = set(identity.user_ids)
        self.own = [*identity.emails, *identity.phones]
        # in texts about the own records a namesake is hardly meant
        people = env["res.partner"].sudo().browse(identity.partner_ids).exists()
        names = [name for name in people.mapped("name") if searchable(name)]
        self.needles = [*identity.names, *names, *self.own]
        self.names = self._other_names(records, identity)
        self.word = env._("[another person]")

    def _other_names(self, records, identity):
        """Give the names of the other people that the records lead to."""
        others = set()
        for field in records._fields.values():
            if field.store and field.comodel_name in ("res.partner", "res.users"):
                people = records.mapped(field.name).sudo()
                if field.comodel_name == "res.users":
                    people = people.partner_id
                others.update(people.filtered(lambda one: not one.is_company).mapped("name"))
        own = {name.casefold() for name in identity.names}
        own |= {
            (partner.name or "").casefold()
            for partner in self.env["res.partner"].sudo().browse(identity.partner_ids).exists()
        }
        return [name for name in others if name and len(name) > 3 and name.casefold() not in own]

    def values(self, record, fields, own):
        """Give the (name, label, value, value in words) of the fields that have one."""
        return [
            [field.name, field._description_string(self.env), value, self._in_words(field, value)]
            for field in fields
            if (value := self.value(record, field, own)) not in (None, "", False, 0)
        ]

    def _in_words(self, field, value):
        """Give a value as people read it, in their language."""
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "datetime":
            return format_datetime(self.env, value, tz=self.zone, dt_format="medium")
        if field.type == "boolean":
            return self.env._("yes")
        return value

    def value(self, record, field, own):
        """Give the value of a field, or None if the person may not read it."""
        raw = record[field.name]
        if not raw:
            return None
        if field.type == "many2one":
            return self._linked(raw, field.comodel_name) if own else None
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(raw, raw)
        if field.type in ("date", "datetime"):
            return field.to_string(raw)
        if field.type in TEXTS:
            return self._text(raw, field.type, own)
        return raw if own else None

    def _text(self, raw, kind, own):
        """Give a text without what concerns others."""
        text = html2plaintext(raw) if kind == "html" else str(raw)
        if not own:
            text = masking.excerpt(text, self.needles)
        return masking.mask(text.strip(), self.own, self.names, self.word)

    def _linked(self, record, model):
        """Name a linked record, unless it is another person."""
        if model == "res.users":
            mine = record.id in self.own_users
            return record.name if mine else self.env._("one of our employees")
        stranger = model == "res.partner" and record.id not in self.own_partners
        if stranger and not record.is_company:
            return self.word
        if model.startswith("ir."):
            return None
        return masking.mask(record.display_name or "", self.own, self.names, self.word)
