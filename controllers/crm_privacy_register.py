from odoo import http
from odoo.http import content_disposition, request


class PrivacyRegisterController(http.Controller):
    """The processing register as a table, for those who may read it."""

    @http.route(
        "/crm_lifecycle/privacy/register.csv",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def register(self):
        """Give the entries of the companies at work."""
        entries = request.env["crm.privacy.processing"]
        entries.check_access("read")
        name = request.env._("Processing register")
        return request.make_response(
            entries.search(entries._register_domain())._as_csv(),
            headers=[
                ("Content-Type", "text/csv; charset=utf-8"),
                ("Content-Disposition", content_disposition(f"{name}.csv")),
            ],
        )
