from . import crm_privacy_register
from . import privacy_request
