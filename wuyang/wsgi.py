import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wuyang.settings")
application = get_wsgi_application()

# A page of 300 villages makes ten thousand objects and keeps none. Looking through what is new at every 700 of them,
# and each time through what the code itself is made of, took a fifth of the page.
import_module("wuyang.urls")
gc.collect()
gc.freeze()
gc.set_threshold(20_000)
