"""The WSGI entry of the portal."""

import os

from django.core.wsgi import get_wsgi_application

from genaiops_site.bodies import read_to_its_end

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")

application = read_to_its_end(get_wsgi_application())
