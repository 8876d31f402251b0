from odoo import api, fields, models
from odoo.tools import SQL

from ..lifecycle import joined_columns
from .crm_score import TEMPERATURES

#: Fields of the record that are columns of its row in the side table.
SIDE_COLUMNS = {
    "score": "score",
    "score_fit": "fit",
    "score_engagement": "engagement",
    "score_temperature": "temperature",
    "score_date": "date",
}
SIDE_SQL = """
    SELECT r.id, COALESCE(s.score, 0) AS score, COALESCE(s.fit, 0) AS fit,
           COALESCE(s.engagement, 0) AS engagement, s.temperature, s.date,
           rest.id IS NOT NULL AS is_at_rest
      FROM unnest(%(ids)s) r (id)
      LEFT JOIN crm_score s ON s.%(subject)s = r.id
      LEFT JOIN crm_score_rest rest ON rest.%(subject)s = r.id AND rest.end_date IS NULL
"""
NO_ROW = {"score": 0, "fit": 0, "engagement": 0, "temperature": None, "date": None}
NO_ROW["is_at_rest"] = False
NUMBERS = ("score", "score_fit", "score_engagement")
ACTIVITY_DAYS = 1

joined_columns.declare("_score_to_sql", SIDE_COLUMNS)


class CrmScoreMixin(models.AbstractModel):
    """Gives leads and contacts their score, as if it were columns of theirs.

    Where is it?
        In `crm.score`, joined in: it sorts, groups and filters like a column, and nothing is ever
        written on the record. A page of records costs one query for all their scores.
    Who has one?
        `_score_subject_domain` says it. Others show no temperature and a score of 0.
    Who gets an activity when a record becomes hot?
        The person in charge, once: not while the one of the last time is still open. The score
        settings say which activity, if any.
    """

    _name = "crm.score.mixin"
    _description = "Score Mixin"
    _score_subject = None

    score = fields.Integer(
        compute="_compute_score",
        search=lambda self, *condition: self._search_score("score", *condition),
        aggregator="avg",
        help="0 to 100: who the person is, what it does, and how far the lead is qualified.",
    )
    score_fit = fields.Integer(
        "Fit",
        compute="_compute_score",
        search=lambda self, *condition: self._search_score("score_fit", *condition),
        aggregator="avg",
    )
    score_engagement = fields.Integer(
        "Engagement",
        compute="_compute_score",
        search=lambda self, *condition: self._search_score("score_engagement", *condition),
        aggregator="avg",
    )
    score_temperature = fields.Selection(
        TEMPERATURES,
        "Temperature",
        compute="_compute_score",
        search=lambda self, *condition: self._search_score("score_temperature", *condition),
    )
    score_date = fields.Datetime(
        "Score Changed on",
        compute="_compute_score",
        search=lambda self, *condition: self._search_score("score_date", *condition),
    )
    is_at_rest = fields.Boolean(
        "At Rest",
        compute="_compute_score",
        search="_search_is_at_rest",
        help="Got many mails and never reacted: mailings may leave this person out.",
    )

    def _compute_score(self):
        """Read the scores and rests, in one query; who may read the record may read them."""
        rows = self._score_rows()
        found = [rows.get(record_id, NO_ROW) for record_id in self._origin._ids]
        for name, column in (*SIDE_COLUMNS.items(), ("is_at_rest", "is_at_rest")):
            # the pipeline has hundreds of cards: their values go into the cache at once
            self._fields[name]._insert_cache(self, [row[column] for row in found])

    def _score_rows(self):
        """Give the columns of the side tables, by id of the record."""
        if not self.ids:
            return {}
        self.env["crm.score"].flush_model()
        self.env["crm.score.rest"].flush_model()
        allowed = self._score_shown_sql()
        rows = self.env.execute_query_dict(
            SQL(
                "%s %s",
                SQL(SIDE_SQL, subject=SQL.identifier(self._score_subject), ids=list(self.ids)),
                SQL("WHERE r.id IN %s", allowed) if allowed else SQL(),
            )
        )
        return {row["id"]: row for row in rows}

    def _search_score(self, name, operator, value):
        """Compare with the joined column."""
        return joined_columns.condition(self, name, operator, value)

    def _score_to_sql(self, alias, name, query):
        """Join the row of the record, once for all its columns."""
        side = self._join_score(alias, query)
        value = self.env["crm.score"]._field_to_sql(side, SIDE_COLUMNS[name], query)
        return SQL("COALESCE(%s, 0)", value) if name in NUMBERS else value

    def _join_score(self, alias, query):
        """Join the side table, and give its alias."""
        side = query.make_alias(alias, "score")
        allowed = self._score_shown_sql()
        me = SQL.identifier(alias, "id")
        condition = SQL(
            "%s = %s %s",
            SQL.identifier(side, self._score_subject),
            me,
            SQL("AND %s IN %s", me, allowed) if allowed else SQL(),
        )
        query.add_join("LEFT JOIN", side, "crm_score", condition)
        return side

    def _refresh_scores(self):
        """Bring the scores of these records up to date at once."""
        policy = self.env["crm.score.policy"]._for(self._name)
        return policy._refresh(self.ids) if self.ids and policy else {}

    # ------------------------------------------------------------
    # What the statement asks of a model
    # ------------------------------------------------------------

    @api.model
    def _score_subject_domain(self):
        """Give the domain of the records that are scored."""
        raise NotImplementedError

    @api.model
    def _score_shown_domain(self):
        """Give the domain of the records whose score may be shown: of who may be profiled."""
        raise NotImplementedError

    @api.model
    def _score_shown_sql(self):
        """Give the ids of the records whose score may be shown, as a subselect; None: of all."""
        domain = self._score_shown_domain()
        if domain.is_true():
            return None
        records = self.sudo().with_context(active_test=False)
        return records._search(domain, bypass_access=True).subselect()

    @api.model
    def _score_gone(self, record_ids):
        """Give the condition of the rows `s` whose record may not have a score; None: no row."""
        return

    @api.model
    def _score_gone_outside(self, domain, record_ids):
        """Give the condition of the rows `s` whose record is outside of a domain."""
        query = self._search(domain, bypass_access=True)
        subject = SQL.identifier("s", self._score_subject)
        condition = SQL("%s IS NOT NULL AND %s NOT IN %s", subject, subject, query.subselect())
        if record_ids is None:
            return condition
        return SQL("%s AND %s = ANY(%s)", condition, subject, list(record_ids))

    @api.model
    def _score_touch_key(self):
        """Give what says of a touchpoint whose it is, as SQL."""
        raise NotImplementedError

    @api.model
    def _score_touch_condition(self, record_ids):
        """Give the condition of the touchpoints of these records; None: of all."""
        raise NotImplementedError

    @api.model
    def _score_join_touches(self, query, alias):
        """Join the sums of the touchpoints to the records, and give their aliases."""
        condition = SQL("own.key = %s", SQL.identifier(alias, "id"))
        query.add_join("LEFT JOIN", "own", "touch", condition)
        return ["own"]

    @api.model
    def _score_touched(self, touches):
        """Give the records of touchpoints as `record_id`; see `_refresh_touched`."""
        raise NotImplementedError

    @api.model
    def _score_qualification(self, alias):
        """Give the qualification of a record as SQL; NULL: it has none."""
        return SQL("NULL::int")

    @api.model
    def _score_odoo_probability(self):
        """Give Odoo's own estimate of `d.record_id` as SQL."""
        return

    # ------------------------------------------------------------
    # Becoming hot
    # ------------------------------------------------------------

    def _score_became_hot(self, policy):
        """Schedule an activity for the person in charge of each record that became hot."""
        activity_type = policy.hot_activity_type_id
        if not activity_type or not self:
            return
        known = (
            self.env["mail.activity"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", activity_type.id),
                ],
                ["res_id"],
            )
        )
        waiting = {row[0] for row in known}
        records = self.filtered(
            lambda record: record.id not in waiting and record._score_in_charge()
        )
        deadline = fields.Date.add(fields.Date.today(), days=ACTIVITY_DAYS)
        for user, hot in records.grouped(lambda record: record._score_in_charge()).items():
            hot.with_context(mail_activity_quick_update=True).activity_schedule(
                activity_type_id=activity_type.id,
                date_deadline=deadline,
                summary=self.with_context(lang=user.lang).env._("Has become hot"),
                user_id=user.id,
            )

    def _score_in_charge(self):
        """Give the person in charge of a record, who is told that it is hot."""
        return self.user_id.filtered("active")
