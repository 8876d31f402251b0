"""Merging contacts who are in sequences."""

from . import base_partner_merge
