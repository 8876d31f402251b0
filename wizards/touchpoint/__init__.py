"""What users do with contacts: log one by hand, merge the persons they are with."""

from . import base_partner_merge
from . import crm_touchpoint_entry
