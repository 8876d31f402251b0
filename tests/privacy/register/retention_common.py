from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tools import SQL

from ..common import PrivacyCase

#: The day on which the rules look; three years and more after most of the contacts.
TODAY = "2026-05-04"
LONG_AGO = datetime(2020, 1, 1, 12)


class RetentionCase(PrivacyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prospects = cls._rule("retention_prospect")
        cls.leads = cls._rule("retention_lead")
        cls.customers = cls._rule("retention_customer")
        cls.former_customers = cls._rule("retention_customer_end")
        cls.rows = cls.env["data_recycle.record"].with_user(cls.officer)
        cls.env["crm.privacy.retention"].search([("active", "=", True)])._forget()

    @classmethod
    def _rule(cls, name):
        return cls.env.ref(f"crm_lifecycle.{name}").with_user(cls.officer)

    def _person(self, name="Person", collected=LONG_AGO, **values):
        """Create a prospect whose data was collected at a moment."""
        stage = self.prospect if values.pop("prospect", True) else self.customer.browse()
        values.setdefault("email", f"{name.lower().replace(' ', '.')}@retention.example")
        person = self._contact(name=name, lifecycle_stage_id=stage.id, **values)
        self._collected(person, collected)
        return person

    def _collected(self, record, moment):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET create_date = %s WHERE id = %s",
                SQL.identifier(record._table),
                moment,
                record.id,
            )
        )
        record.invalidate_recordset()

    def _touch(self, record, event, moment, **values):
        """Note a contact with a person at a moment."""
        subject = "lead_id" if record._name == "crm.lead" else "partner_id"
        self.env["crm.touchpoint"].create(
            {
                subject: record.id,
                "event": event,
                "date": moment,
                "direction": "outbound" if event in ("sent", "bounced") else "inbound",
                "channel_id": self.env.ref("crm_lifecycle.touchpoint_channel_mailing").id,
                **values,
            }
        )

    def _look(self, rule, today=TODAY):
        """Let a rule look on a day."""
        with freeze_time(today):
            rule.action_refresh()

    def listed(self, rule, state=None):
        """Give the records that a rule lists."""
        domain = [("retention_id", "=", rule.id)]
        if state:
            domain.append(("retention_state", "=", state))
        ids = self.rows.search(domain).mapped("res_id")
        return self.env[rule.model].browse(ids)

    def row(self, rule, record):
        """Give the line of a record in the list of a rule."""
        return self.rows.search([("retention_id", "=", rule.id), ("res_id", "=", record.id)])

    @contextmanager
    def eraser(self, failing=None):
        """Note who is erased, as the concept of erasure would erase them."""
        erased, test = [], self

        def _erase(_self, partners, leads, origin):
            for person in [*partners, *leads]:
                if failing and person == failing:
                    raise ValueError("This person cannot be erased.")
            erased.extend([*partners, *leads])
            partners.with_context(tracking_disable=True).write({"name": "Erased", "email": False})
            test.assertTrue(origin)

        with patch.object(self.registry["crm.privacy.erasure"], "_erase", _erase, create=True):
            yield erased
