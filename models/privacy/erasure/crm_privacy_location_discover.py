from odoo import api, models
from odoo.tools import SQL

from . import columns
from .crm_privacy_location import DECIDED

COPIED = (*DECIDED, "searched")


class CrmPrivacyLocation(models.Model):
    """How the places are found: every column of every table that can hold personal data.

    Which models?
        All that have a table of their own, also those of wizards. Views on other tables and
        abstract models have no data.
    Which fields?
        Links to contacts, users, leads, guests and mailing contacts; links to any record; all
        texts, HTML, JSON and properties; files in columns. Files of attachments belong to the
        place of `ir.attachment`. Who created or last wrote a row is not looked at.
    What happens to places that are gone?
        They are deleted with their field, by the database.
    """

    _inherit = "crm.privacy.location"

    @api.model
    def _discover(self):
        """Bring the list in line with the database; return the places that are new."""
        found = self._columns()
        known = {
            (place.model, place.field): place for place in self.sudo().search([("id", ">", 0)])
        }
        new = self.sudo().create(
            [
                self._values(model, name, link)
                for model, name, link in found
                if (model, name) not in known and self.env["ir.model.fields"]._get(model, name)
            ]
        )
        self._forget(place for key, place in known.items() if key not in {f[:2] for f in found})
        self._apply_rules()
        return new

    @api.model
    def _columns(self):
        """Give (model, field, link) of all columns that can hold data of a person."""
        tables = self._tables()
        found = {
            (model._name, field.name): link
            for model in map(self.env.__getitem__, self.env.registry)
            if not model._abstract and model._auto and model._table in tables
            for field in model._fields.values()
            if (link := self._link_of(model, field))
        }
        found.update(self._ruled_columns())
        return [(*place, link) for place, link in found.items()]

    def _ruled_columns(self):
        """Give the links that only a rule knows: by way of another record, or of who created."""
        rules = self.env["crm.privacy.location.rule"].sudo().search([("link", "!=", False)])
        return {
            (rule.model, rule.field): rule.link
            for rule in rules
            if rule.link not in columns.VALUE_LINKS
            and rule.field in getattr(self.env.get(rule.model), "_fields", ())
        }

    def _tables(self):
        query = SQL(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = current_schema::regnamespace"
        )
        return {name for (name,) in self.env.execute_query(query)}

    def _link_of(self, model, field):
        """Name what the column of a field holds of a person, or None."""
        if field.name == "id" and model._name in columns.PERSON_LINKS:
            return "self"
        if not field.store or field.inherited or field.name.startswith("_"):
            return None
        if field.type == "many2many":
            stored = field.relation and not field.related
            return (
                columns.record_link(field.name, field.type, field.comodel_name) if stored else None
            )
        if not field.column_type:
            return None
        link = columns.record_link(field.name, field.type, field.comodel_name)
        return link or columns.value_link(field.name, field.type)

    def _values(self, model, name, link):
        model_row = self.env["ir.model"]._get(model)
        return {
            "model_id": model_row.id,
            "field_id": self.env["ir.model.fields"]._get(model, name).id,
            "model": model,
            "field": name,
            "link": link,
            "temporary": self.env[model]._transient,
            "origin": "generated",
        }

    def _forget(self, places):
        """Delete the places whose fields are no columns any more."""
        self.sudo().concat(*places).unlink()

    @api.model
    def _apply_rules(self):
        """Let the places that no person has decided follow their rules; write only changes."""
        rules = [
            (rule.model, rule.field, rule.link or None, rule)
            for rule in self.env["crm.privacy.location.rule"].sudo().search([("id", ">", 0)])
        ]
        wanted = {}
        for place in self.sudo().search([("origin", "!=", "manual")]):
            match = columns.best_rule(rules, place.model, place.field, place.link)
            values = place._ruled_values(match and match[3])
            if any(place[name] != value for name, value in values.items()):
                key = tuple(sorted(values.items(), key=lambda item: item[0]))
                wanted.setdefault(repr(key), (values, place.browse()))
                wanted[repr(key)] = (values, wanted[repr(key)][1] | place)
        for values, places in wanted.values():
            places.write({**values, "rule_id": values["rule_id"].id})

    def _ruled_values(self, rule):
        """Give what a rule, or the lack of one, makes of the place."""
        if rule:
            values = {name: rule[name] for name in COPIED}
            return {**values, "origin": "shipped", "rule_id": rule}
        values = dict.fromkeys(COPIED, False)
        values.update(action="unclassified", subject="other", export=True, searched=True)
        if self.temporary:
            # Odoo deletes them some hours later in any case
            values.update(action="delete", mention="delete", export=False)
        return {**values, "origin": "generated", "rule_id": self.env["crm.privacy.location.rule"]}
