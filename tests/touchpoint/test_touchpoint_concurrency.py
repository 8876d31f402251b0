from contextlib import contextmanager
from datetime import timedelta

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

from ...models.touchpoint import crm_touchpoint_source_harvest

ADDRESS = "concurrent@touchpoint.example.com"


@tagged("post_install", "-at_install")
class TestTouchpointConcurrency(TransactionCase):
    """Harvests beside other transactions: each in a connection of its own, really committed."""

    @contextmanager
    def _transaction(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def setUp(self):
        super().setUp()
        # the open transactions alone must be enough
        self.patch(crm_touchpoint_source_harvest, "MARGIN", timedelta(0))
        self.addCleanup(self._clean)
        with self._transaction() as env:
            self.partner_id = env["res.partner"].create({"name": "Conc", "email": ADDRESS}).id
            self.source_id = env["crm.touchpoint.source"].create(self._source_values(env)).id
        self._harvest()

    def _source_values(self, env):
        return {
            "name": "Concurrent",
            "model": "mailing.trace",
            "domain": repr([("email", "=", ADDRESS)]),
            "date_field": "sent_datetime",
            "partner_path": "res_id",
            "channel_id": env.ref("crm_lifecycle.touchpoint_channel_mailing").id,
            "event": "sent",
            "direction": "outbound",
        }

    def _clean(self):
        with self._transaction() as env:
            for table, column, value in (
                ("crm_touchpoint", "source_id", self.source_id),
                ("crm_touchpoint", "partner_id", self.partner_id),
                ("crm_touchpoint_summary", "partner_id", self.partner_id),
                ("crm_touchpoint_source", "id", self.source_id),
                ("mailing_trace", "email", ADDRESS),
                ("res_partner", "id", self.partner_id),
            ):
                env.cr.execute(f"DELETE FROM {table} WHERE {column} = %s", [value])  # noqa: S608

    def _send(self, env):
        """Leave the trace of a mail, as a running mailing does."""
        values = {
            "model": "res.partner",
            "res_id": self.partner_id,
            "email": ADDRESS,
            "sent_datetime": "2026-05-04 12:00:00",
            "trace_status": "sent",
        }
        trace = env["mailing.trace"].create(values)
        env.flush_all()
        return trace.id

    def _harvest(self):
        """Harvest in a transaction of its own; return the count of new rows."""
        with self._transaction() as env:
            source = env["crm.touchpoint.source"].browse(self.source_id)
            return sum(source._harvest().values())

    def _found(self):
        with self._transaction() as env:
            rows = env["crm.touchpoint"].search([("source_id", "=", self.source_id)])
            return set(rows.mapped("res_id"))

    def test_who_began_first_and_finishes_last_is_not_skipped(self):
        with self._transaction() as slow:
            early = self._send(slow)
            with self._transaction() as fast:
                late = self._send(fast)
            self.assertLess(early, late)
            self.assertEqual(self._harvest(), 1)
            self.assertEqual(self._found(), {late})
        self.assertEqual(self._harvest(), 1)
        self.assertEqual(self._found(), {early, late})
        self.assertEqual(self._harvest(), 0)

    def test_old_row_that_gets_its_date_in_a_slow_transaction_is_not_skipped(self):
        with self._transaction() as env:
            trace_id = self._send(env)
            env["mailing.trace"].browse(trace_id).sent_datetime = False
        self.assertEqual(self._harvest(), 0)
        with self._transaction() as slow:
            slow["mailing.trace"].browse(trace_id).sent_datetime = "2026-05-04 12:00:00"
            slow.flush_all()
            # nobody waits for the other one
            self.assertEqual(self._harvest(), 0)
        self.assertEqual(self._harvest(), 1)

    def test_two_harvests_at_once(self):
        with self._transaction() as env:
            self._send(env)
        with self._transaction() as first:
            source = first["crm.touchpoint.source"].browse(self.source_id)
            self.assertEqual(source._harvest(), {source: 1})
            # the source is being read: it is left out
            self.assertEqual(self._harvest(), 0)
        self.assertEqual(self._harvest(), 0)
        self.assertEqual(len(self._found()), 1)
