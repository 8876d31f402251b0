import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from . import filled_sql

_logger = logging.getLogger(__name__)

#: What holds values of persons, and is not a mere link to one.
VALUES = ("email", "phone", "text", "file")


class CrmPrivacyPlay(models.Model):
    """The state of play: what personal fields hold, since when, and what for (minimisation).

    Which fields?
        Those of the list of places of personal data that hold values of persons: e-mails, phone
        numbers, texts, files.
    What is counted?
        In how many records each is filled, and when the last of these records was created: a
        field that nobody has filled for years may not be needed (art. 5(1) c).
    What is missing?
        A purpose: no entry of the processing register names the model. A period: no retention
        rule is about it, and it does not go with the person either.
    How long does it take?
        One statement for each table, in the background; it can be stopped, and goes on where it
        stopped.
    """

    _name = "crm.privacy.play"
    _description = "State of Play of Personal Data"
    _order = "id desc"
    _rec_name = "started_at"

    state = fields.Selection(
        [
            ("draft", "Not counted yet"),
            ("running", "Counting"),
            ("paused", "Stopped"),
            ("done", "Done"),
        ],
        required=True,
        default="draft",
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users", "Started By", default=lambda self: self.env.user, readonly=True
    )
    started_at = fields.Datetime("Started On", readonly=True)
    ended_at = fields.Datetime("Ended On", readonly=True)
    line_ids = fields.One2many("crm.privacy.play.line", "play_id", "Fields", readonly=True)
    # how far it is
    todo_count = fields.Integer("Tables", compute="_compute_counts")
    done_count = fields.Integer("Tables Counted", compute="_compute_counts")
    # what was found
    field_count = fields.Integer("Personal Fields", compute="_compute_counts")
    filled_count = fields.Integer("Filled", compute="_compute_counts")
    unused_count = fields.Integer("Never Filled", compute="_compute_counts")
    old_count = fields.Integer("Not Filled for a Year", compute="_compute_counts")
    purposeless_count = fields.Integer("Filled without Purpose", compute="_compute_counts")
    endless_count = fields.Integer("Filled without Period", compute="_compute_counts")

    @api.depends("line_ids.is_counted", "state")
    def _compute_counts(self):
        lines = self.env["crm.privacy.play.line"]
        for play in self:
            own = lines._own_domain(play)
            tables = lines._read_group(own, ["model"], ["is_counted:bool_and"])
            play.todo_count = len(tables)
            play.done_count = sum(1 for _model, counted in tables if counted)
            play.field_count = lines.search_count(own)
            for name, domain in lines._findings().items():
                play[name] = lines.search_count([*own, *domain])

    def action_start(self):
        """Look which fields there are, and count in the background."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("This was counted already: start a new count."))
        play = self.sudo()
        self.env["crm.privacy.location"].sudo()._discover()
        play._add_lines()
        play.write({"state": "running", "started_at": fields.Datetime.now()})
        play._step()
        self._wake()

    def action_stop(self):
        """Stop after the table that is counted now; what is counted stays."""
        self.check_access("write")
        self.filtered(lambda play: play.state == "running").sudo().state = "paused"

    def action_resume(self):
        """Go on with the tables that are left."""
        self.check_access("write")
        self.filtered(lambda play: play.state == "paused").sudo().state = "running"
        self._wake()

    def _wake(self):
        self.env.ref("crm_lifecycle.ir_cron_privacy_play").sudo()._trigger()

    def action_open_lines(self):
        """Open the fields of the count that the button names."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_privacy_play_line_action"
        )
        finding = self.env.context.get("privacy_finding")
        return {
            **action,
            "domain": [("play_id", "=", self.id)],
            "context": {f"search_default_{finding}": 1} if finding else {},
        }

    # ------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------

    @api.model
    def _places(self):
        """Give the places that hold values of persons."""
        return self.env["crm.privacy.location"].search(
            [
                ("link", "in", VALUES),
                ("temporary", "=", False),
                ("action", "not in", ("report", "stay")),
                ("subject", "!=", "technical"),
            ]
        )

    def _add_lines(self):
        """Add a line for each field, with what is known of its purpose and period."""
        purposes = self.env["crm.privacy.processing"]._processed_models()
        rules = self.env["crm.privacy.retention"]._ruled_models()
        places = self._places()
        found = [(place.model, place.field, place) for place in places]
        found += [(model, name, places.browse()) for model, name in self._attached(places)]
        self.env["crm.privacy.play.line"].create(
            [
                {
                    "play_id": self.id,
                    "location_id": place.id,
                    "model": model,
                    "field": name,
                    "subject": place.subject or "file",
                    "has_purpose": model in purposes,
                    "period": self._period(model, place, rules),
                }
                for model, name, place in found
                if filled_sql.is_countable(self.env, model, name)
            ]
        )

    @api.model
    def _attached(self, places):
        """Give (model, field) of the files that stand outside of the tables of these places."""
        known = {(place.model, place.field) for place in places}
        return [
            (model, field.name)
            for model in sorted(set(places.mapped("model")))
            for field in self.env[model]._fields.values()
            if field.type == "binary"
            and field.attachment
            and field.store
            and not field.related
            and (model, field.name) not in known
        ]

    @api.model
    def _period(self, model, place, rules):
        """Name what ends the keeping of a place; files go with their record."""
        if model in rules:
            return "rule"
        return "none" if place.action == "unclassified" else "person"

    def _step(self):
        """Count the next table; tell whether there was one."""
        lines = self.env["crm.privacy.play.line"]
        left = [*lines._own_domain(self), ("is_counted", "=", False)]
        first = lines.search(left, limit=1, order="model")
        if not first:
            self.write({"state": "done", "ended_at": fields.Datetime.now()})
            return False
        table = lines.search([*left, ("model", "=", first.model)])
        try:
            with self.env.cr.savepoint():
                table._write_counts(self._count(first.model, table.mapped("field")))
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001  one broken table never stops the others
            _logger.info("State of play, %s: %s", first.model, error)
            table.write({"is_counted": True, "problem": str(error)[:200]})
        return True

    @api.model
    def _count(self, model, names):
        """Count the filled fields of one model with one statement.

        :return: dict field -> (records, filled, last date)
        """
        self.env.flush_all()
        [row] = self.env.execute_query(filled_sql.count(self.env[model], names))
        return {
            name: (row[0], row[1 + 2 * place], row[2 + 2 * place])
            for place, name in enumerate(names)
        }

    @api.model
    def _cron_run(self):
        """Go on with what is counted, one table after the other."""
        progress = self.env["ir.cron"]
        for play in self.search([("state", "=", "running")], order="id"):
            while play.exists() and play.state == "running":
                play._step()
                left = play.todo_count - play.done_count
                if not progress._commit_progress(1, remaining=max(left, 0)):
                    return
                self.env.invalidate_all()
