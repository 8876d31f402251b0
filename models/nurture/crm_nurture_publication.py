from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..settings.notification import notification
from .crm_nurture_enrollment import INSIDE

CHUNK = 2000

#: So long nobody who was moved goes on.
UNDO_MINUTES = 10


class CrmNurturePublication(models.Model):
    """A version that was published, and what became of the people inside at that moment.

    Where do the people go?
        For each step of the versions before: they stay on their version, go to a step of the new
        one, or leave. Who goes to the step with the same key keeps the date; who goes to another
        step is due as if coming to it now.
    And when do they go on?
        Not before `UNDO_MINUTES` are over, though they may be due: else the engine would have led
        them on before anybody could undo it.
    What does the undo do?
        People go back to where they were, as long as they are still where they were put; the
        version before is the published one again. Who has gone on meanwhile stays.
    """

    _name = "crm.nurture.publication"
    _description = "Publication of a Version"
    _order = "date desc, id desc"

    sequence_id = fields.Many2one(
        "crm.nurture.sequence", required=True, ondelete="cascade", index=True
    )
    version_id = fields.Many2one("crm.nurture.version", required=True, ondelete="cascade")
    former_id = fields.Many2one("crm.nurture.version", "Version Before", ondelete="cascade")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", default=lambda self: self.env.user)
    undone_at = fields.Datetime("Undone on")
    move_ids = fields.One2many("crm.nurture.publication.move", "publication_id", "People Moved")
    moved_count = fields.Integer("People Led On", compute="_compute_moved_count")

    @api.depends("sequence_id.name", "version_id.number")
    def _compute_display_name(self):
        for publication in self:
            publication.display_name = publication.version_id.display_name

    def _compute_moved_count(self):
        counts = dict(
            self.env["crm.nurture.publication.move"]
            .sudo()
            ._read_group([("publication_id", "in", self.ids)], ["publication_id"], ["__count"])
        )
        for publication in self:
            publication.moved_count = counts.get(publication, 0)

    def _lead(self, step, target):
        """Lead those inside at a step to a step of the new version; return how many."""
        same = step.key == target.key and step.kind == target.kind
        ids = self._note_moves(step, target)
        self._set_version(ids, target)
        if not same:
            people = self.env["crm.nurture.enrollment"].sudo()
            for start in range(0, len(ids), CHUNK):
                people.browse(ids[start : start + CHUNK])._arrive(target)
        self._give_time(ids)
        return len(ids)

    def _give_time(self, ids):
        """Let nobody of them go on before somebody could undo it."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_enrollment SET due_at = GREATEST(due_at, %s)"
                " WHERE id = ANY(%s) AND due_at IS NOT NULL",
                fields.Datetime.add(fields.Datetime.now(), minutes=UNDO_MINUTES),
                ids,
            )
        )
        self.env["crm.nurture.enrollment"].invalidate_model(["due_at"])

    def _set_version(self, ids, target):
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_enrollment SET version_id = %s, step_id = %s"
                " WHERE id = ANY(%s)",
                target.version_id.id,
                target.id,
                ids,
            )
        )
        self.env["crm.nurture.enrollment"].invalidate_model()

    def _take_out(self, step):
        """Let those inside at a step leave; return how many."""
        ids = self._note_moves(step, step.browse())
        self.env["crm.nurture.enrollment"].sudo().browse(ids)._leave("exited", cause="hand")
        return len(ids)

    def _note_moves(self, step, target):
        """Lock those inside at a step and note where they are; return their ids."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "WITH those AS (SELECT * FROM crm_nurture_enrollment"
                " WHERE step_id = %(step)s AND version_id = %(version)s AND state IN %(inside)s"
                " FOR UPDATE SKIP LOCKED)"
                " INSERT INTO crm_nurture_publication_move (publication_id, enrollment_id,"
                " from_step_id, to_step_id, state, due_at, cause, reason)"
                " SELECT %(publication)s, id, step_id, %(target)s, state, due_at, cause, reason"
                " FROM those RETURNING enrollment_id",
                step=step.id,
                version=step.version_id.id,
                inside=INSIDE,
                publication=self.id,
                target=target.id or None,
            )
        )
        return [row[0] for row in rows]

    # ------------------------------------------------------------
    # Undo
    # ------------------------------------------------------------

    def action_undo(self):
        """Put the people back, and publish the version before again."""
        self.ensure_one()
        self.sequence_id.check_access("write")
        self._check_undo()
        back, gone = self.sudo()._put_back()
        self.sudo()._restore_version()
        self.sudo().undone_at = fields.Datetime.now()
        self.env["crm.nurture.enrollment"]._wake()
        return notification(
            self.env._(
                "The publication is undone. People back at their step: %(back)s. People who"
                " had gone on meanwhile and stay where they are: %(gone)s.",
                back=back,
                gone=gone,
            )
        )

    def _check_undo(self):
        latest = self.search([("sequence_id", "=", self.sequence_id.id)], limit=1)
        if self.undone_at or self != latest or not self.former_id:
            raise UserError(
                self.env._("Only the last publication can be undone, once, if one was before it.")
            )

    def _put_back(self):
        """Put those back who are still where they were put; return how many, and the others."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_nurture_enrollment e SET version_id = s.version_id,"
                " step_id = m.from_step_id, state = m.state, due_at = m.due_at, cause = m.cause,"
                " reason = m.reason, left_at = NULL"
                " FROM crm_nurture_publication_move m"
                " JOIN crm_nurture_step s ON s.id = m.from_step_id"
                " WHERE m.publication_id = %s AND e.id = m.enrollment_id AND (%s)",
                self.id,
                self._untouched(),
            )
        )
        back = self.env.cr.rowcount
        self.env["crm.nurture.enrollment"].invalidate_model()
        return back, self.moved_count - back

    def _untouched(self):
        """Give the condition of who is still where the publication put them."""
        return SQL(
            "e.step_id = m.to_step_id AND e.left_at IS NULL"
            " AND NOT EXISTS (SELECT FROM crm_nurture_delivery d WHERE d.enrollment_id = e.id"
            " AND d.round = e.round AND d.step_id = m.to_step_id)"
            " OR m.to_step_id IS NULL AND e.state = 'exited' AND e.step_id = m.from_step_id"
            " AND NOT EXISTS (SELECT FROM crm_nurture_enrollment o"
            " WHERE o.sequence_id = e.sequence_id AND o.left_at IS NULL"
            " AND (o.lead_id = e.lead_id OR o.partner_id = e.partner_id))"
        )

    def _restore_version(self):
        """Let the version before be the published one; the other is a draft again if unused."""
        version, sequence = self.version_id, self.sequence_id
        used = self.env["crm.nurture.enrollment"].search_count(
            [("version_id", "=", version.id)], limit=1
        )
        version.state = "retired" if used or sequence.draft_id else "draft"
        self.former_id.state = "published"
        sequence.version_id = self.former_id
