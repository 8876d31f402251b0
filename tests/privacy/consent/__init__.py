from . import test_decision
from . import test_crm_privacy_consent
from . import test_gate
from . import test_mailings
from . import test_profiling
from . import test_preference_page
from . import test_consent_screens
