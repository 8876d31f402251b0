from datetime import datetime, timedelta

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import LifecycleCase


@tagged("post_install", "-at_install")
class TestLifecycleHttp(LifecycleCase, HttpCase):
    """What other programs do with the lifecycle, over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own_lead = cls._lead(user_id=cls.salesman.id)
        cls.foreign_lead = cls._lead(user_id=cls.colleague.id)

    def setUp(self):
        super().setUp()
        keys = self.env["res.users.apikeys"].with_user(self.salesman)
        self.key = keys._generate("rpc", "Lifecycle test", datetime.now() + timedelta(days=1))

    def _call(self, model, method, **body):
        # Odoo logs a warning for each call that it refuses
        with mute_logger("odoo.http"):
            return self._post(model, method, body)

    def _post(self, model, method, body):
        return self.url_open(
            f"/json/2/{model}/{method}",
            json=body,
            headers={"Authorization": f"Bearer {self.key}"},
        )

    def test_write_over_http_is_a_move(self):
        response = self._call(
            "crm.lead",
            "write",
            ids=self.own_lead.ids,
            vals={"lifecycle_stage_id": self.mql.id, "lifecycle_date": "2001-01-01 00:00:00"},
        )
        self.assertEqual(response.status_code, 200, response.text)
        self.assertWay(self.own_lead, "lead", "mql")
        self.assertGreater(self.own_lead.lifecycle_date.year, 2001)
        self.assertEqual(self.moves(self.own_lead)[-1].create_uid, self.salesman)

    def test_create_over_http_enters(self):
        response = self._call("crm.lead", "create", vals_list=[{"name": "Web", "type": "lead"}])
        self.assertEqual(response.status_code, 200, response.text)
        self.assertWay(self.env["crm.lead"].browse(response.json()), "lead")

    def test_history_cannot_be_forged_over_http(self):
        row = self.own_lead.lifecycle_transition_ids
        for method, body in (
            ("create", {"vals_list": [{"lead_id": self.own_lead.id, "date": "2001-01-01"}]}),
            ("write", {"ids": row.ids, "vals": {"note": "Forged"}}),
            ("unlink", {"ids": row.ids}),
        ):
            response = self._call("crm.lifecycle.transition", method, **body)
            self.assertIn(response.status_code, (403, 422), (method, response.text))
        self.assertFalse(row.note)
        self.assertWay(self.own_lead, "lead")

    def test_private_methods_and_tokens_do_not_come_in(self):
        response = self._call(
            "crm.lead",
            "_lifecycle_move",
            ids=self.own_lead.ids,
            stage=self.mql.id,
            cause="manual",
        )
        self.assertGreaterEqual(response.status_code, 400)
        self._call(
            "crm.lead",
            "write",
            ids=self.own_lead.ids,
            vals={"lifecycle_stage_id": self.mql.id},
            context={"lifecycle_move": True},
        )
        self.assertWay(self.own_lead, "lead", "mql")

    def test_lead_of_somebody_else_is_refused(self):
        response = self._call(
            "crm.lead",
            "write",
            ids=self.foreign_lead.ids,
            vals={"lifecycle_stage_id": self.mql.id},
        )
        self.assertEqual(response.status_code, 403, response.text)
        self.assertWay(self.foreign_lead, "lead")
