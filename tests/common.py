from contextlib import contextmanager

from odoo.tests.common import TransactionCase

from odoo.addons.mail.tests.common import mail_new_test_user


class LifecycleCase(TransactionCase):
    """The people of the product, and factories of what they work with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, mail_create_nolog=True)
        )
        for name, groups in (
            ("marketing", "crm_lifecycle.group_lifecycle_user"),
            ("manager", "crm_lifecycle.group_lifecycle_manager"),
            ("salesman", "sales_team.group_sale_salesman,base.group_partner_manager"),
            ("colleague", "sales_team.group_sale_salesman"),
            ("employee", "base.group_user"),
        ):
            user = mail_new_test_user(
                cls.env, login=f"lifecycle_{name}", name=name.title(), groups=groups
            )
            setattr(cls, name, user)
        for kind in ("suspect", "lead", "mal", "mql", "prospect", "customer", "former"):
            setattr(cls, kind, cls.env.ref(f"crm_lifecycle.stage_{kind}"))

    @classmethod
    def _lead(cls, **values):
        return cls.env["crm.lead"].create({"name": "Lead", "type": "lead", **values})

    @classmethod
    def _contact(cls, **values):
        return cls.env["res.partner"].create({"name": "Contact", **values})

    @contextmanager
    def committing(self, records):
        """Give the records in a transaction that may commit, as crons and long actions do."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            yield records.with_env(records.env(cr=cr))
            cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()

    @staticmethod
    def moves(record):
        """Give the history of a record, oldest first."""
        return record.lifecycle_transition_ids.sorted(lambda row: (row.date, row.id))

    def assertWay(self, record, *kinds):
        """Check the history of a record, oldest first, by the names of the stages."""
        stages = [transition.to_stage_id for transition in self.moves(record)]
        self.assertEqual([stage.name for stage in stages], [getattr(self, k).name for k in kinds])
        self.assertEqual(record.lifecycle_stage_id, stages[-1] if stages else self.suspect.browse())
