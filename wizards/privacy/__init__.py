from . import crm_privacy_request_answer
from . import crm_privacy_request_entry
