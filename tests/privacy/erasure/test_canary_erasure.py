import logging

from odoo.tests import tagged

from ..canary import dump, tables
from ..canary.case import CanaryCase

#: The only models in which a hit may be kept: posted entries and their evidence, and what
#: the restricted audit trail forbids to touch.
MAY_BE_KEPT = {
    "account.move",
    "account.move.line",
    "account.payment",
    "account.bank.statement.line",
    "sale.order",
    "sale.order.line",
    "res.partner.bank",
    "ir.attachment",
    "crm.privacy.legal.identity",
}


class Records(logging.Handler):
    """Keeps what is logged, as it would be written into the log file."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.texts = []

    def emit(self, record):
        """Keep the text of a record."""
        self.texts.append(self.format(record))


@tagged("post_install", "-at_install")
class TestCanaryErasure(CanaryCase):
    """One erasure, seen in real dumps from before and after it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.database.env() as env:
            request = cls.request(env)
            request.action_plan()
            cls.request_id = request.id
            cls.links = tables.links(env)
            cls.models = {model: env[model]._table for model in env.registry}
            cls.integrity = cls._integrity(env)
        cls.before = tables.Tables(dump.dump(cls.database.name))
        handler, root = Records(), logging.getLogger()
        level = root.level
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        try:
            with cls.database.env() as env:
                request = env["crm.privacy.request"].browse(cls.request_id)
                cls.erase(request, plan=False)
                cls.kept = {
                    (cls.models[line.res_model], str(record_id)): (line.article, line.keep_until)
                    for line in request.line_ids.filtered(lambda line: line.state == "kept")
                    for record_id in line.res_ids
                }
                kept_models = request.line_ids.filtered(lambda line: line.state == "kept")
                cls.kept_models = set(kept_models.mapped("res_model"))
                cls.states = request.state, request.scan_state
                cls.words = request.scan_words
        finally:
            root.removeHandler(handler)
            root.setLevel(level)
        cls.logged = "\n".join(handler.texts)
        cls.text = dump.dump(cls.database.name)
        cls.after = tables.Tables(cls.text)

    def setUp(self):
        # all look at the same erasure
        type(self).fresh = True
        super().setUp()

    @classmethod
    def _integrity(cls, env):
        company = env.company.with_user(cls.made.accountant).sudo()
        results = company._check_hash_integrity()["results"]
        return [(row["journal_name"], row["status"]) for row in results]

    def test_it_is_closed(self):
        self.assertEqual(self.states, ("done", "clean"), self.words)

    def test_nothing_is_left_but_what_the_law_keeps(self):
        hits = dump.search_database(self.text)
        self.assertTrue(hits, "the evidence of invoices is kept")
        left = [hit for hit in hits if (hit.table, hit.row) not in self.kept]
        self.assertFalse(left)
        for article, until in self.kept.values():
            self.assertTrue(article and until)
        self.assertLessEqual(self.kept_models, MAY_BE_KEPT)

    def test_no_file_is_left_but_the_evidence(self):
        stored = {
            row["store_fname"].decode(): str(row["id"].decode())
            for row in self.after.rows["ir_attachment"].values()
            if row["store_fname"]
        }
        for hit in dump.search_files(self.database.files):
            row = stored.get(f"{hit.row[-2:]}/{hit.column}")
            self.assertIn(("ir_attachment", row), self.kept, hit)

    def test_nobody_elses_row_has_changed(self):
        own = {
            ("res_partner", self.made.person),
            ("res_partner", self.made.home),
            ("res_partner", self.made.old),
            ("res_users", self.made.user),
            ("crm_lead", self.made.lead),
            ("crm_lead", self.made.archived_lead),
            ("crm_lead", self.made.phone_lead),
            ("mail_guest", self.made.guest),
            ("mailing_contact", self.made.mailing_contact),
        }
        own.add(("crm_privacy_request", self.request_id))
        own = {(table, str(record_id).encode()) for table, record_id in own | self.kept.keys()}
        changes = self.before.changes(self.after)
        self.assertGreater(len(changes), 100)
        foreign = tables.explained(changes, own, self.links, self.models, dump.Search())
        self.assertFalse([(t, k, _difference(b, a)) for t, k, b, a in foreign])

    def test_the_colleague_has_everything(self):
        for table, name in (
            ("res_partner", "bystander"),
            ("res_users", "bystander_user"),
            ("mail_guest", "bystander_guest"),
            ("mailing_contact", "bystander_mailing_contact"),
            ("ir_attachment", "bystander_file"),
            ("account_move", "bystander_invoice"),
            ("sale_order", "bystander_order"),
            ("mail_message", "bystander_message"),
        ):
            key = str(getattr(self.made, name)).encode()
            self.assertEqual(self.after.rows[table].get(key), self.before.rows[table][key], table)

    def test_shared_texts_only_lose_the_person(self):
        key = str(self.made.shared_message).encode()
        before, after = (t.rows["mail_message"][key] for t in (self.before, self.after))
        changed = {name for name in before if before[name] != after[name]}
        self.assertLessEqual(changed, {"body", "incoming_email_to"})
        self.assertIn(b"Anatole", after["body"])
        self.assertIn(b"anatole.douarzel@canari-postal.example", after["incoming_email_to"])

    def test_the_hash_chain_is_intact(self):
        with self.database.env() as env:
            self.assertEqual(self._integrity(env), self.integrity)
            self.assertTrue(env["account.move"].browse(self.made.invoice).inalterable_hash)

    def test_no_mail_leaves_and_nothing_is_tracked(self):
        came = {}
        for table, key, row in self.before.additions(self.after):
            came.setdefault(table, {})[key] = row
        self.assertFalse({"mail_mail", "sms_sms", "snailmail_letter"} & came.keys())
        messages = came.pop("mail_message")
        self.assertEqual({row["model"] for row in messages.values()}, {b"crm.privacy.request"})
        for row in came.pop("mail_tracking_value").values():
            self.assertIn(row["mail_message_id"], messages)

    def test_the_log_names_nobody(self):
        self.assertFalse(dump.Search().find(self.logged.encode()))

    def test_the_register_names_nobody_and_knows_the_address(self):
        with self.database.env() as env:
            entry = env["crm.privacy.erasure.entry"].search([("request_id", "=", self.request_id)])
            request = entry.request_id
            self.assertEqual(entry.name, request.name)
            self.assertTrue(entry.kept_count and entry.changed_count)
            self.assertGreater(len(entry.line_ids), 20)
            known = env["crm.privacy.suppression"]._known(
                ["zephyrine.douarzel@canari-postal.example", "+33199007654"]
            )
            self.assertEqual(len(known), 2)
            self.assertFalse(request.partner_id or request.email or request.identity_ids)
            html = env["ir.actions.report"]._render_qweb_html(
                "crm_lifecycle.crm_privacy_erasure_report_document", entry.ids
            )[0]
        self.assertIn(b"17(3)(b)", html)
        self.assertFalse(dump.Search().find(html))


def _difference(before, after):
    if after is None:
        return "deleted"
    return {name: (before[name], after.get(name)) for name in before if before[name] != after[name]}
