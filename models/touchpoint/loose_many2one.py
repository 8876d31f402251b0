from odoo import fields


class LooseMany2one(fields.Many2one):
    """A many2one without a foreign key, for tables that are filled by the million.

    PostgreSQL looks up each foreign key of each row that is added; with seven of them a harvest
    takes four times as long. Who uses such a field carries its rows over, or removes them, when
    what they point to is merged or deleted.
    """

    def update_db_foreign_key(self, model, column):
        """Leave the column without a foreign key."""
