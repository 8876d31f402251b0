"""What a merge of contacts does to their RFM figures."""

from . import base_partner_merge
