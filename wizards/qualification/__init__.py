"""Hand leads over to sales, and reject them with a reason.

Models: `crm.lead.hand.over`, `crm.lead.reject`.
"""

from . import crm_lead_hand_over
from . import crm_lead_reject
