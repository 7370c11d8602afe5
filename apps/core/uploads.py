"""How files of a request arrive: on disk, within the bound, and from people who are signed in only.

Django reads a form, its files included, before it asks who sent it: without this anybody could fill the disk.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler


class BoundedUpload(TemporaryFileUploadHandler):
    """Django's handler that writes to disk, for requests of up to UPLOAD_MAX_BYTES and some room for the other fields.

    Raises RequestDataTooBig before anything is read. Files of somebody who is not signed in are passed over.
    """

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        if content_length > settings.UPLOAD_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig(f"Requests are accepted up to about {settings.UPLOAD_MAX_BYTES} bytes.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise SkipFile
        super().new_file(*args, **kwargs)
