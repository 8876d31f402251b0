"""Comparing two dumps row by row: what changed, and whose rows they were."""

from . import dump

#: Tables that change because something runs, whoever is erased.
TECHNICAL = (
    "crm_privacy_",
    "ir_cron",
    "bus_bus",
    "res_users_log",
    "ir_config_parameter",
    "mail_presence",
)


class Tables:
    """The rows of a dump: `rows[table][key]` is a dict of column -> bytes."""

    def __init__(self, text):
        self.rows = {}
        for table, columns, cells in dump.rows(text):
            row = dict(zip(columns, cells, strict=True))
            key = row["id"] if "id" in row else tuple(cells)
            self.rows.setdefault(table, {})[key] = row

    def changes(self, after):
        """Give (table, key, row before, row after or None) of all rows that are not the same."""
        return [
            (table, key, row, other)
            for table, rows in self.rows.items()
            if not table.startswith(TECHNICAL)
            for key, row in rows.items()
            if (other := after.rows.get(table, {}).get(key)) != row
        ]

    def additions(self, after):
        """Give (table, key, row) of the rows that came."""
        return [
            (table, key, row)
            for table, rows in after.rows.items()
            if not table.startswith(TECHNICAL)
            for key, row in rows.items()
            if key not in self.rows.get(table, {})
        ]


def links(env):
    """Give a dict of (table, column) -> table that the column points to, also without a key."""
    found = {}
    for model in map(env.__getitem__, env.registry):
        if model._abstract or not model._auto:
            continue
        for field in model._fields.values():
            if field.name in ("create_uid", "write_uid") or not field.store:
                continue
            if field.type == "many2one":
                found[model._table, field.name] = env[field.comodel_name]._table
            elif field.type == "many2many" and field.relation:
                found[field.relation, field.column1] = model._table
                found[field.relation, field.column2] = env[field.comodel_name]._table
    return found


def explained(changes, own, links, models, search):
    """Give the changes that are not about a person.

    A change is about the person if the row held a value of hers, if it is her record, or if it
    hangs on a row that is.

    :param own: set of (table, id) of the person's records
    :param models: dict of model -> table
    """
    own, open_changes = set(own), list(changes)
    while True:
        hers, rest = [], []
        for change in open_changes:
            (hers if _is_hers(change, own, links, models, search) else rest).append(change)
        if not hers:
            return rest
        own.update((table, key) for table, key, *_rows in hers)
        open_changes = rest


def _is_hers(change, own, links, models, search):
    table, key, row, _after = change
    if (table, key) in own or any(search.find(dump.value(cell)) for cell in row.values()):
        return True
    for column, cell in row.items():
        target = links.get((table, column))
        if target and (target, cell) in own:
            return True
    model = (row.get("res_model") or row.get("model") or b"").decode()
    return (models.get(model), row.get("res_id")) in own
