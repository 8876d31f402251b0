from odoo import models


class CrmTouchpointSource(models.Model):
    """What the records of a source open."""

    _inherit = "crm.touchpoint.source"

    def _gives_days(self):
        """Tell whether the date of the documents is a mere day."""
        if not self or self.problem:
            return False
        fields = [path.rpartition(".") for path in self._paths("date_field")]
        return all(
            not links and self.env[self.model]._fields[name].type == "date"
            for links, _dot, name in fields
        )

    def _targets(self, records):
        """Give what is opened instead of each record, by its id, as the user."""
        if not self.open_path or self.problem:
            return {}
        *links, end = self.open_path.split(".")
        targets = {}
        for record in records:
            owner = record
            for name in links:
                owner = owner[name]
            target = _linked(owner, end)
            if target:
                targets[record.id] = target.with_env(self.env).sudo(False)
        return targets


def _linked(record, name):
    """Give what a many2one or a link to a document of any type points to."""
    field = record._fields[name]
    if field.type == "many2one":
        return record[name]
    model = record[field.model_field]
    return record.env[model].browse(record[name]) if model in record.env else None
