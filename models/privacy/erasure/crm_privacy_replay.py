import logging
from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from . import journal, secret
from .identity import RECORDS

_logger = logging.getLogger(__name__)

#: Where the addresses of a restored database are: table, e-mail column, phone column.
ADDRESSES = (
    ("res.partner", "email_normalized", "phone_sanitized"),
    ("crm.lead", "email_normalized", "phone_sanitized"),
    ("mailing.contact", "email_normalized", "phone_sanitized"),
    ("res.users", "login", None),
    ("mail.guest", "email", None),
)
#: How many rows are compared at once.
ROWS = 50_000


class CrmPrivacyReplay(models.AbstractModel):
    """Erasing again, in a database that was restored from a backup, all who had been erased.

    How are they found?
        The journal has fingerprints and numbers of records. The addresses of the restored
        database are hashed with the same secret and compared; a number of a record counts only
        if the record was created at the same moment, because numbers are used again.
    What is done?
        A new request for each erasure of the journal, with the number of the old one, approved
        by the system; it erases, searches and closes like any other.
    Can it be run twice?
        Yes: who is not found any more is skipped.
    """

    _name = "crm.privacy.replay"
    _description = "Repetition of Erasures after a Restored Backup"

    # ------------------------------------------------------------
    # What the journal says of records
    # ------------------------------------------------------------

    @api.model
    def _marks(self, identity):
        """Give a dict of model -> list of (id, moment of creation) of an identity."""
        return {
            model: self._creations(model, getattr(identity, name))
            for model, name in RECORDS.items()
            if getattr(identity, name)
        }

    def _creations(self, model, ids):
        query = SQL(
            "SELECT id, create_date::text FROM %s WHERE id = ANY(%s) ORDER BY id",
            SQL.identifier(self.env[model]._table),
            list(ids),
        )
        return [list(row) for row in self.env.execute_query(query)]

    # ------------------------------------------------------------
    # Finding the persons again
    # ------------------------------------------------------------

    @api.model
    def _entries(self, since=None):
        """Give the erasures of the journal, each once, the last entry of each.

        :param datetime since: only those from then on
        """
        entries, unreadable = journal.read(self.env)
        if unreadable:
            _logger.info("Journal of erasures: %s lines are cut off or were changed", unreadable)
        chosen = {entry["request"]: entry for entry in entries}.values()
        start = fields.Datetime.to_string(since) if since else ""
        return [entry for entry in chosen if entry["date"] >= start]

    @api.model
    def _find(self, entries):
        """Give for each entry a dict of model -> set of ids that are the person."""
        wanted = {}
        for position, entry in enumerate(entries):
            for print_ in entry["fingerprints"]:
                wanted.setdefault(print_, []).append(position)
        found = [{} for _entry in entries]
        for model, email, phone in ADDRESSES:
            for record_id, print_ in self._hashed(model, email, phone):
                for position in wanted.get(print_, ()):
                    found[position].setdefault(model, set()).add(record_id)
        erased = self._erased_here(entries)
        for position, entry in enumerate(entries):
            if entry["request"] not in erased:
                self._add_marked(found[position], entry["records"])
        return found

    def _erased_here(self, entries):
        """Give the numbers of the erasures that this database has already, also as repeated."""
        numbers = [entry["request"] for entry in entries]
        requests = self.env["crm.privacy.request"].sudo()
        done = requests.search(
            [("state", "=", "done"), "|", ("name", "in", numbers), ("replay_of", "in", numbers)]
        )
        return {*done.mapped("name"), *done.mapped("replay_of")}

    def _hashed(self, model, email, phone):
        """Yield (id, fingerprint) of all addresses of a model, in pieces."""
        columns = [("email", email), *([("phone", phone)] if phone else [])]
        last = 0
        while rows := self._rows(model, [name for _kind, name in columns], last):
            for record_id, *values in rows:
                for (kind, _name), value in zip(columns, values, strict=True):
                    if value:
                        yield record_id, secret.fingerprint(kind, value.strip().lower())
            last = rows[-1][0]

    def _rows(self, model, names, last):
        return self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id > %s ORDER BY id LIMIT %s",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL.identifier(self.env[model]._table),
                last,
                ROWS,
            )
        )

    def _add_marked(self, found, marks):
        """Add the records of the journal that are still the same records."""
        for model, rows in marks.items():
            if model not in self.env:
                continue
            same = {tuple(row) for row in rows}
            now = {tuple(row) for row in self._creations(model, [row[0] for row in rows])}
            if known := {record_id for record_id, _created in same & now}:
                found.setdefault(model, set()).update(known)

    # ------------------------------------------------------------
    # Erasing again
    # ------------------------------------------------------------

    @api.model
    def _replay(self, since: datetime | None = None, dry_run=False):
        """Erase again who was erased before; give (number, records found, state) of each."""
        entries = self._entries(since)
        report = []
        for entry, found in zip(entries, self._find(entries), strict=True):
            count = sum(map(len, found.values()))
            if dry_run or not count:
                report.append((entry["request"], count, "found" if count else "absent"))
                continue
            request = self._request_of(entry, found)
            report.append((entry["request"], count, self._erase_again(request)))
        return report

    def _request_of(self, entry, found):
        """Make the request that erases again, already verified and approved."""
        requests = self.env["crm.privacy.request"]
        company = self.env["res.company"].browse(entry["company"]).exists() or self.env.company
        request = requests.with_context(mail_create_nolog=True).create(
            {"type": "erasure", "source": "manual", "company_id": company.id, "user_id": False}
        )
        request.identity_ids = [
            fields.Command.create({"res_model": model, "res_id": record_id, "confirmed": True})
            for model, ids in found.items()
            for record_id in ids
        ]
        now = fields.Datetime.now()
        request.write(
            {
                "state": "verified",
                "identity_at": now,
                "identity_by_id": self.env.uid,
                "verified_at": now,
                # it is in the journal already, under its first number
                "journal_at": now,
                "replay_of": entry["request"],
            }
        )
        return request

    def _erase_again(self, request):
        """Erase, search, close; each erasure is kept even if a later one fails."""
        request._plan()
        while request.erasure_state == "searching":
            request._search_step()
        request.write({"state": "approved", "approved_at": fields.Datetime.now()})
        request.action_run()
        while request.erasure_state in ("running", "files"):
            request._background_step()
        request.scan_id._run()
        self.env.cr.commit()  # pylint: disable=invalid-commit
        return request.state
