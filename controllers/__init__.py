from . import crm_privacy_register
from . import privacy_request
from . import privacy_preferences
from . import mass_mailing
from . import nurture_unsubscribe
