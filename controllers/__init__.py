from . import privacy_preferences
from . import mass_mailing
