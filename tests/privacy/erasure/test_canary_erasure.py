from odoo.tests import tagged

from ..canary.case import CanaryCase


@tagged("post_install", "-at_install")
class TestCanaryErasure(CanaryCase):
    """After an erasure nothing of the person is found in a real dump and in the files."""

    def test_nothing_is_left_but_what_the_law_keeps(self):
        with self.database.env() as env:
            request = self.request(env)
            self.erase(request)
            kept = request._kept_lines()
            hits = [
                (h.table_name, h.column_name, h.res_id, h.kind_codes, h.verdict)
                for h in request.scan_id.hit_ids
                if h.verdict != "explained"
            ]
            print("STATE", request.state, request.erasure_state, request.scan_state)
            for line in request.line_ids.filtered(lambda l: l.state in ("failed", "open")):
                print(line.state, line.name, line.action, line.error, line.res_ids)
            print(request.scan_words)
        for h in sorted(hits):
            print("PRODUCT", h)
        for h in sorted({(h.table, h.column, h.row, h.form, h.text[:80]) for h in self.hits()}):
            print("ORACLE", h)
        assert 0
