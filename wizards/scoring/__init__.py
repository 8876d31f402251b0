"""What a merge of contacts does to their scores."""

from . import base_partner_merge
