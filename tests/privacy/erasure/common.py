from odoo.tools import SQL

from ..common import PrivacyCase

NAME = "Zoé d'Estrées-Quenneville"
EMAIL = "zoe@quenneville-unique.example"
PHONE = "+33199007788"


class ErasureCase(PrivacyCase):
    """A person with an ordinary past, a namesake, and the steps of an erasure."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = cls._contact(name="Office SARL", is_company=True)
        cls.person = cls._contact(
            name=NAME,
            email=EMAIL,
            phone=PHONE,
            street="17 rue de la Preuve",
            city="Lille",
            parent_id=cls.office.id,
            comment="<p>Likes tea</p>",
            type="other",
        )
        cls.lead = cls._lead(
            name=f"Tea for {NAME}", partner_id=cls.person.id, description=f"<p>{NAME}</p>"
        )
        cls.other = cls._contact(name="Colleague Bystander", email="other@unique.example")

    def request(self, partner=None, officer=True, **values):
        """Give a verified request to erase a person, whose records are confirmed."""
        requests = self.env["crm.privacy.request"]
        request = (requests.with_user(self.officer) if officer else requests).create(
            {
                "type": "erasure",
                "partner_id": (partner or self.person).id,
                "verification_note": "Known",
                **values,
            }
        )
        request.action_find_identity()
        request.action_confirm_identity()
        request.action_verify()
        return request

    def erase(self, request):
        """Plan, approve and run, as the buttons do; the files are deleted by the job."""
        request.action_plan()
        request.action_approve()
        request.action_run()
        while request.erasure_state == "running":
            request.sudo()._erasure_step()
        self.env.invalidate_all()
        return request

    def erased(self, partner=None, **values):
        """Erase a person."""
        return self.erase(self.request(partner, **values))

    @staticmethod
    def post(record, body, **values):
        """Post a message on a record."""
        return record.message_post(body=body, **values)

    def line(self, request, model, field, action=None):
        """Give the lines of a plan at a place."""
        return request.line_ids.filtered(
            lambda line: (
                (line.res_model, line.field_name) == (model, field)
                and action in (None, line.action)
            )
        )

    def found(self, *texts):
        """Give the columns of the whole database in which one of the texts is, and the ids."""
        self.env.flush_all()
        query = SQL(
            """SELECT table_name, column_name, udt_name FROM information_schema.columns
                WHERE table_schema = current_schema AND udt_name IN
                      ('varchar', 'text', 'jsonb', 'bytea')
                  AND table_name IN (SELECT relname FROM pg_class WHERE relkind = 'r')"""
        )
        return {
            (table, column)
            for table, column, kind in self.env.execute_query(query)
            if self._holds(table, column, kind, texts)
        }

    def _holds(self, table, column, kind, texts):
        name = SQL.identifier(column)
        value = SQL("encode(%s, 'escape')", name) if kind == "bytea" else SQL("%s::text", name)
        return self.env.execute_query(
            SQL(
                "SELECT 1 FROM %s WHERE %s ILIKE ANY(%s) LIMIT 1",
                SQL.identifier(table),
                value,
                [f"%{text}%" for text in texts],
            )
        )

    def rows(self, *records):
        """Give all columns of records as they are in the database."""
        self.env.flush_all()
        return [
            self.env.execute_query(
                SQL(
                    "SELECT t::text FROM %s t WHERE id = ANY(%s) ORDER BY id",
                    SQL.identifier(found._table),
                    found.ids,
                )
            )
            for found in records
        ]
