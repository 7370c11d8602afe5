"""How files of a request arrive: on disk, within the bound, and from people who are signed in only.

Django reads a form, its files included, before it asks who sent it: without this anybody could fill the disk.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

GUEST_BYTES = 272 * 1024**2  # what somebody from outside brings is a pack or a PDF, to be looked at


class BoundedUpload(TemporaryFileUploadHandler):
    """Django's handler that writes to disk, for requests of up to UPLOAD_MAX_BYTES, of guests up to GUEST_BYTES, and
    some room for the other fields.

    Raises RequestDataTooBig before anything is read. Files of somebody who is not signed in are passed over.
    """

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        is_guest = getattr(getattr(self.request, "user", None), "is_guest", False)
        most = min(GUEST_BYTES, settings.UPLOAD_MAX_BYTES) if is_guest else settings.UPLOAD_MAX_BYTES
        if content_length > most + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig(f"Requests are accepted up to about {most} bytes.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise SkipFile
        super().new_file(*args, **kwargs)
