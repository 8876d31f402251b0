from base64 import b64decode

from odoo import Command
from odoo.tests import HttpCase, tagged

from .suggestion_common import SuggestionCase
from .test_suggestions_in_mails import PICTURE


@tagged("post_install", "-at_install")
class TestSuggestionsHttp(SuggestionCase, HttpCase):
    """Suggestions in the browser of a salesperson, and their pictures in anybody's mailbox."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._printer_customers()
        cls.someone = cls._contact(name="Someone")

    def test_from_the_suggestion_to_the_quotation(self):
        line = Command.create({"product_id": self.printer.id})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.someone.id,
                "user_id": self.salesman.id,
                "order_line": [line],
            }
        )
        self.start_tour(
            f"/odoo/sales/{order.id}",
            "crm_lifecycle_suggestion_to_quotation",
            login="lifecycle_salesman",
        )
        self.assertEqual(order.order_line.product_id, self.printer | self.paper)

    def test_picture_needs_no_login_but_its_token(self):
        self.paper.image_1920 = PICTURE
        self._invoice(self.someone, self.printer)
        html = str(self.someone.suggested_products_html)
        url = html.split('src="')[1].split('"')[0]
        response = self.url_open(url)
        self.assertEqual(response.headers["Content-Type"], "image/png")
        self.assertEqual(response.content, b64decode(self.paper.image_256))
        wrong = self.url_open(url[:-4] + "0000")
        self.assertNotEqual(wrong.content, response.content)
