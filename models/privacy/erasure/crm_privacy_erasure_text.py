from odoo import api, models
from odoo.tools import SQL

from .columns import VALUE_LINKS
from .redaction import Redactor

# The smallest tables, up to so many bytes in all, are read at once; the others in the background.
AT_ONCE_BYTES = 64_000_000
# Rows of a large table that are read in one statement
WINDOW = 100_000


class CrmPrivacyErasure(models.AbstractModel):
    """How texts are searched: the database chooses rows with a pattern, Python looks closely.

    All texts of a table are read in one statement. The largest tables are read in the background,
    a range of ids at a time, so that a plan takes some seconds in a database of any size.
    """

    _inherit = "crm.privacy.erasure"

    @api.model
    def _large(self, names):
        """Give those of the models whose tables are too large to be read at once."""
        tables = {self.env[name]._table: name for name in names}
        query = SQL(
            "SELECT name, pg_table_size(name::regclass) FROM unnest(%s::text[]) AS name ORDER BY 2",
            list(tables),
        )
        total, large = 0, set()
        for table, size in self.env.execute_query(query):
            total += size
            if total > AT_ONCE_BYTES:
                large.add(tables[table])
        return large

    @api.model
    def _matches(self, model, names, redactor, ids=None, window=None):
        """Give {field: set of ids} of the rows whose texts name the person.

        :param ids: only look at these rows
        :param window: (first id, last id) of the rows to look at
        """
        if not redactor:
            return {}
        columns = SQL(", ").join(self._text_of(model, name) for name in names)
        texts = SQL(", ").join(SQL("%s::text", self._text_of(model, name)) for name in names)
        # the texts are put together once for each row: hence the OFFSET, which keeps it so
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id IN (SELECT id FROM (SELECT id,"
                " concat_ws(%s, %s) AS texts FROM %s WHERE %s OFFSET 0) AS row WHERE %s)",
                columns,
                SQL.identifier(self.env[model]._table),
                "\n",
                texts,
                SQL.identifier(self.env[model]._table),
                self._range(ids, window),
                redactor.condition(self._whole_lines(model)),
            )
        )
        found = {}
        for row_id, *values in rows:
            for name, value in zip(names, values, strict=True):
                if value is not None and redactor.finds(value):
                    found.setdefault(name, set()).add(row_id)
        return found

    def _whole_lines(self, model):
        """Give the texts that are searched; files may be calendars, which cut their lines."""
        texts = SQL("row.texts")
        return SQL("replace(%s, %s, '')", texts, "\n ") if model == "ir.attachment" else texts

    def _text_of(self, model, name):
        """Give a column in the form in which its text is searched."""
        column = SQL.identifier(name)
        if self.env[model]._fields[name].column_type[1] == "bytea":
            return SQL("encode(%s, 'escape')", column)
        return column

    def _range(self, ids, window):
        if ids is not None:
            return SQL("id = ANY(%s)", sorted(ids))
        return SQL("id BETWEEN %s AND %s", *window) if window else SQL("TRUE")

    # ------------------------------------------------------------
    # Large tables
    # ------------------------------------------------------------

    def _last_id(self, model):
        query = SQL("SELECT coalesce(max(id), 0) FROM %s", SQL.identifier(self.env[model]._table))
        return self.env.execute_query(query)[0][0]

    @api.model
    def _search_window(self, model, identity, window):
        """Give the list of Found in the texts of a range of rows of one model."""
        places = self.env["crm.privacy.location"].sudo().search([("id", ">", 0)])
        texts = self._text_places(places).filtered(lambda place: place.model == model)
        redactor = Redactor(identity)
        if not texts or not redactor:
            return []
        own = self._own_rows(identity, places)
        gone = self._found_links(places, own, {})[1]
        mine = own.get(model, set()) | gone.get(model, set())
        return self._mentions(texts, redactor, mine, window)

    def _text_places(self, places):
        """Give the places whose texts are searched for mentions of a person."""
        return places.filtered(
            lambda place: place.link in VALUE_LINKS and place.searched and place.mention != "stay"
        )
