import json
from itertools import islice

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize, email_split

from . import suspect_file, suspect_row
from .suspect_columns import plain

# Lists up to this size are checked at once; the others in the background.
AT_ONCE_BYTES = 400_000
ROWS_PER_INSERT = 1000
ROWS_PER_CHECK = 2000


class CrmSuspectImport(models.Model):
    """The check of the rows: what each one is, before anything is created.

    In which order?
        A row is invalid, else on a no-contact list, else already known, else a repetition
        of an earlier row that will be imported, else new.
    When is a row invalid?
        When it has no valid e-mail and no valid phone, when its e-mail is not valid, or
        when a text in it cannot be a name or address (formula, HTML, far too long). A phone
        number in a strange form beside a valid e-mail is imported as it is.
    Which records make a person known?
        Leads, contacts and mailing contacts, archived ones too, with the same normalised
        e-mail or phone number. Records of other companies do not count.
    """

    _inherit = "crm.suspect.import"

    def _start_check(self):
        self._forget_rows()
        self._note_step(state="checking")
        if len(self._file_bytes()) > AT_ONCE_BYTES:
            self._trigger_cron()
            return
        try:
            while self.state == "checking":
                self._check_step()
        except suspect_file.UnreadableFile as error:
            raise UserError(self._unreadable_message(error)) from error

    def _forget_rows(self):
        """Go back to the file, without the rows read from it."""
        self._note_step(state="draft", error=False, kept_counts=False)
        self.env.cr.execute(
            SQL("DELETE FROM crm_suspect_import_line WHERE import_id = ANY(%s)", self.ids)
        )
        self.env["crm.suspect.import.line"].invalidate_model(flush=False)
        self.invalidate_recordset()

    def _check_step(self):
        """Read the file, check some rows, or tell which are known; return how many rows."""
        count = self._check_rows() if self.line_ids[:1] else self._load_rows()
        if not count:
            self._classify()
            self._note_step(state="preview")
        self.env["crm.suspect.import.line"].invalidate_model(flush=False)
        self.invalidate_recordset()
        return count

    # ------------------------------------------------------------
    # Rows of the file
    # ------------------------------------------------------------

    def _load_rows(self):
        """Put the rows of the file into the table, without making records of them."""
        rows = suspect_file.read_rows(self._file_bytes(), self.encoding, self.separator)
        body = ((number, cells) for number, cells in rows if number > self.header_row)
        total = 0
        while page := list(islice(body, ROWS_PER_INSERT)):
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_suspect_import_line (import_id, outcome, number, cells)"
                    " SELECT %s, 'unchecked', * FROM unnest(%s::int[], %s::jsonb[])",
                    self.id,
                    [number for number, _cells in page],
                    [json.dumps(cells, ensure_ascii=False) for _number, cells in page],
                )
            )
            total += len(page)
        if not total:
            raise suspect_file.UnreadableFile("header_only")
        return total

    def _check_rows(self):
        """Check the next rows, each for itself; return how many they were."""
        lines = self.env.execute_query(
            SQL(
                "SELECT id, cells FROM crm_suspect_import_line"
                " WHERE import_id = %s AND outcome = 'unchecked' ORDER BY number LIMIT %s",
                self.id,
                ROWS_PER_CHECK,
            )
        )
        targets, countries = self._targets(), self._countries()
        self._update_lines(
            [
                (line_id, *self._check_row(suspect_row.read_person(cells, targets), countries))
                for line_id, cells in lines
            ]
        )
        return len(lines)

    def _update_lines(self, rows):
        """Write what was found: (id, outcome, reason, detail, name, email, phone, mobile)."""
        if not rows:
            return
        ids, *columns = (list(column) for column in zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                "UPDATE crm_suspect_import_line line SET outcome = found.outcome,"
                " reason = found.reason, detail = found.detail, name = found.name,"
                " email = found.email, phone = found.phone, mobile = found.mobile"
                " FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::text[],"
                " %s::text[], %s::text[], %s::text[])"
                " AS found(id, outcome, reason, detail, name, email, phone, mobile)"
                " WHERE line.id = found.id",
                ids,
                *columns,
            )
        )

    def _check_row(self, person, countries):
        """Give (outcome, reason, detail, name, e-mail, phone, mobile) of one row."""
        name = suspect_row.display_name(person)[:100]
        given = person.get("email", "")[:100] or None
        if problem := suspect_row.find_problem(person):
            return ("invalid", *problem, name, given, None, None)
        email = email_normalize(person.get("email")) or None
        country = self._country(person, countries) or self.company_id.country_id
        phone, mobile = (
            self._phone_format_number(person.get(target), country) or None
            for target in ("phone", "mobile")
        )
        reason = self._address_problem(person, email, phone or mobile)
        if reason:
            return ("invalid", reason, None, name, given, phone, mobile)
        return ("new", None, None, name, email, phone, mobile)

    def _address_problem(self, person, email, phone):
        """Say why a person cannot be reached at what the row gives, or None."""
        given = person.get("email")
        if given and len(email_split(given)) > 1:
            return "several_emails"
        if given and not (email and suspect_row.is_email(email)):
            return "bad_email"
        if not email and not phone:
            written = person.get("phone") or person.get("mobile")
            return "bad_phone" if written else "no_address"
        return None

    def _targets(self):
        """Give what each column is read as, in the order of the file."""
        by_position = {column.position: column.target for column in self.column_ids}
        return [by_position.get(position) for position in range(max(by_position, default=-1) + 1)]

    def _countries(self):
        """Give the countries by code and by name in each language, in their plainest form."""
        found = {}
        for lang, _name in self.env["res.lang"].get_installed():
            for country in (
                self.env["res.country"].with_context(lang=lang).search([("code", "!=", False)])
            ):
                found[plain(country.name)] = country.id
                found[country.code.lower()] = country.id
        return found

    def _country(self, person, countries):
        """Give the country that a row names, or none."""
        country_id = countries.get(plain(person.get("country", "")))
        return self.env["res.country"].browse(country_id)

    # ------------------------------------------------------------
    # Classes
    # ------------------------------------------------------------

    def _classify(self, line_ids=None):
        """Tell the new rows from those that must not or need not be imported.

        :param list line_ids: only these rows; else all of them, which also finds
            the people who are twice in the file
        """
        self.env.flush_all()
        if line_ids is not None:
            self._mark_known(line_ids)
            return
        last = 0
        while page := self._next_new_ids(last):
            self._mark_known(page)
            last = page[-1]
        self._mark_duplicates()

    def _next_new_ids(self, last):
        """Give the ids of the next new rows after one of them."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM crm_suspect_import_line"
                " WHERE import_id = %s AND outcome = 'new' AND id > %s ORDER BY id LIMIT %s",
                self.id,
                last,
                ROWS_PER_CHECK,
            )
        )
        return [line_id for (line_id,) in rows]

    def _mark_known(self, line_ids):
        # Odoo's index for parts of e-mails answers only by bitmap scans. While its new
        # entries are not sorted in, it needs seconds where the exact index needs none.
        self.env.cr.execute(SQL("SET LOCAL enable_bitmapscan = off"))
        for reason, model, kind, column in self._no_contact_sources():
            self._mark_found("blacklisted", reason, model, kind, column, line_ids)
        for reason, model, kind, column in self._known_sources():
            self._mark_found("known", reason, model, kind, column, line_ids)
        self.env.cr.execute(SQL("SET LOCAL enable_bitmapscan TO DEFAULT"))

    def _no_contact_sources(self):
        """Give (reason, model, kind, column) of the lists nobody on which is imported."""
        return [
            ("no_email", "mail.blacklist", "email", "email"),
            ("no_phone", "phone.blacklist", "phone", "number"),
        ]

    def _known_sources(self):
        """Give (reason, model, kind, column) of where a person may be known already."""
        return [
            (f"known_{noun}", model, kind, column)
            for noun, model in (
                ("partner", "res.partner"),
                ("lead", "crm.lead"),
                ("mailing", "mailing.contact"),
            )
            for kind, column in (("email", "email_normalized"), ("phone", "phone_sanitized"))
        ]

    def _mark_found(self, outcome, reason, model, kind, column, line_ids):
        """Mark the new rows whose e-mail or phone is found in a model.

        The values are looked up as a list, and not joined: PostgreSQL knows nothing of
        rows that were just written, and would choose a way that takes hours.
        """
        barred = outcome == "blacklisted"
        keys = self.env.execute_query(self._keys_sql(kind, line_ids, all_phones=barred))
        values = list({value for _id, _number, value in keys})
        found = self._find_records(model, column, values, active_only=barred)
        marked = {line_id: found[value] for line_id, _number, value in keys if value in found}
        if not marked:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE crm_suspect_import_line line SET outcome = %s, reason = %s,"
                " res_model = %s, res_id = found.res_id"
                " FROM unnest(%s::int[], %s::int[]) AS found(id, res_id)"
                " WHERE line.id = found.id",
                outcome,
                reason,
                model,
                list(marked),
                list(marked.values()),
            )
        )

    def _find_records(self, model, column, values, *, active_only):
        """Give a dict value -> id of the record that has it, the active ones first."""
        if not values:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT DISTINCT ON (value) record.%(column)s AS value, record.id"
                    " FROM %(table)s record"
                    " WHERE record.%(column)s = ANY(%(values)s) AND %(condition)s"
                    " ORDER BY value, %(preferred)s record.id",
                    column=SQL.identifier(column),
                    table=SQL.identifier(self.env[model]._table),
                    values=values,
                    condition=self._record_condition(model, active_only=active_only),
                    preferred=self._active_first(model),
                )
            )
        )

    def _keys_sql(self, kind, line_ids=None, *, all_phones=False):
        """Give the query of (id, number, value) of the new rows, of their e-mails or phones."""
        conditions = [SQL("import_id = %s AND outcome = 'new'", self.id)]
        if line_ids is not None:
            conditions.append(SQL("id = ANY(%s)", list(line_ids)))
        if kind == "email":
            value = SQL("email")
            conditions.append(SQL("email IS NOT NULL"))
        else:
            value = SQL("unnest(array_remove(ARRAY[phone, mobile], NULL))")
            if self.match_by == "email_first" and not all_phones:
                conditions.append(SQL("email IS NULL"))
        return SQL(
            "SELECT id, number, %s AS value FROM crm_suspect_import_line WHERE %s",
            value,
            SQL(" AND ").join(conditions),
        )

    def _record_condition(self, model, *, active_only):
        """Give the condition on the records that count, in the alias ``record``."""
        conditions = [SQL("TRUE")]
        if active_only:
            # an archived row of a no-contact list means: may be contacted again
            conditions.append(SQL("record.active"))
        if "company_id" in self.env[model]._fields:
            companies = self.company_id.sudo().parent_ids.ids
            conditions.append(
                SQL("(record.company_id IS NULL OR record.company_id = ANY(%s))", companies)
            )
        return SQL(" AND ").join(conditions)

    def _active_first(self, model):
        return SQL("record.active DESC,") if "active" in self.env[model]._fields else SQL()

    def _mark_duplicates(self):
        """Mark the rows that repeat an earlier one which will be imported."""
        shared = self.env.execute_query(
            SQL(
                """
                SELECT id, number, array_agg(value)
                  FROM (
                    SELECT *, count(*) OVER (PARTITION BY value) AS times
                      FROM (%s UNION %s) keys
                  ) counted
                 WHERE times > 1
                 GROUP BY id, number
                 ORDER BY number
                """,
                self._keys_sql("email"),
                self._keys_sql("phone"),
            )
        )
        repeated = suspect_row.find_repeated(shared)
        self.env.cr.execute(
            SQL(
                "UPDATE crm_suspect_import_line line"
                " SET outcome = 'duplicate', reason = 'duplicate', detail = found.number"
                " FROM unnest(%s::int[], %s::text[]) AS found(id, number)"
                " WHERE line.id = found.id",
                list(repeated),
                [str(number) for number in repeated.values()],
            )
        )
