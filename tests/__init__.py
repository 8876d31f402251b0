from .lifecycle import *
from . import test_translations
