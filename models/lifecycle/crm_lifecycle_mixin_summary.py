from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

GROUP = "sales_team.group_sale_salesman"


class CrmLifecycleMixin(models.AbstractModel):
    """The line under the title of a form: what there is to know of somebody at a glance.

    What does it say?
        What the concepts add: `_summary_columns` joins what they need to one query, and
        `_summary_parts` makes of its row what the browser shows, by the name of the part.
    What does it cost?
        One query, whatever the number of concepts. The browser asks for it by itself, so that
        no form waits for it.
    Who sees it?
        Sales, as all that it is made of.
    """

    _inherit = "crm.lifecycle.mixin"

    @api.readonly
    def get_lifecycle_summary(self):
        """Give the parts of the line of a record, by name; without those that are empty."""
        self.ensure_one()
        if not (self.env.su or self.env.user.has_group(GROUP)):
            raise AccessError(self.env._("Only sales may see what is known of a person."))
        row = self._summary_rows().get(self.id)
        if not row:
            self.check_access("read")
        return self._summary_parts(row) if row else {}

    def _summary_rows(self):
        """Give what the concepts read of these records, by id; without those one may not read."""
        query = self._search([("id", "in", self.ids)], active_test=False)
        columns = {
            "id": SQL.identifier(self._table, "id"),
            **self._summary_columns(query),
        }
        named = [SQL("%s AS %s", sql, SQL.identifier(name)) for name, sql in columns.items()]
        return {row["id"]: row for row in self.env.execute_query_dict(query.select(*named))}

    @api.model
    def _summary_columns(self, query):
        """Join what the line is made of.

        :param Query query: the records, under the name of their table
        :return: dict of name -> SQL
        """
        return {}

    def _summary_parts(self, row):
        """Give the parts of the line of one record, by name; empty ones are left out."""
        return {}
