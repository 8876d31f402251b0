from odoo.tools import SQL

from ..common import LifecycleCase


class SegmentCase(LifecycleCase):
    """Segments, their members, and what was written about them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segments = cls.env["crm.segment"].with_user(cls.marketing)
        cls.town = "Segmentville"
        cls.here = [("city", "=", cls.town)]

    @classmethod
    def _segment(cls, domain=None, **values):
        domain = cls.here if domain is None else domain
        return cls.segments.create({"name": "Segment", "domain": repr(domain), **values})

    @classmethod
    def _people(cls, count, **values):
        return cls.env["res.partner"].create(
            [{"name": f"Person {number}", "city": cls.town, **values} for number in range(count)]
        )

    @staticmethod
    def members(segment):
        """Give the records that are members now, archived ones too."""
        target = segment.env[segment.model].sudo().with_context(active_test=False)
        return target.search(segment._members_domain())

    def rows(self, segment):
        """Give the log of a segment: (record, is it open), oldest first."""
        rows = self.env["crm.segment.member"].search([("segment_id", "=", segment.id)], order="id")
        return [(row.partner_id or row.lead_id, not row.left_at) for row in rows]

    def versions(self, table, ids):
        """Give the physical version of rows: it changes with every write."""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT id, xmin::text, ctid::text FROM %s WHERE id IN %s ORDER BY id",
                SQL.identifier(table),
                tuple(ids),
            )
        )

    def break_filter(self, segment, domain):
        """Write a filter past all checks, as an uninstalled addon leaves it behind."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_segment SET domain = %s WHERE id = %s", [str(domain), segment.id]
        )
        segment.invalidate_recordset()
