"""Who gets the credit for purchases: conversions and revenue by channel and campaign.

Models: `crm.touchpoint.attribution`, one row per purchase and touch, computed when it is read.
"""

from . import crm_touchpoint_attribution
