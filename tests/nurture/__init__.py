from . import test_crm_nurture_enrollment
from . import test_nurture_mail
