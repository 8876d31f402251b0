from .lifecycle import *
from .rfm import *
from . import test_translations
