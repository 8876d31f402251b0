from . import test_crm_nurture_enrollment
from . import test_nurture_mail
from . import test_nurture_limits
from . import test_nurture_sms
from . import test_nurture_answers
from . import test_frequency
from . import test_nurture_mail_rights
