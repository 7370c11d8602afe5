"""How the API reads a JSON request: bounded in size and depth, before anything else looks at it."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser


class TooLarge(APIException):
    """More than a request may hold outside of files (RFC 9110, 15.5.14)."""

    status_code = 413
    default_code = "input.too_large"
    default_detail = "This request is larger than is accepted. Send large content as a file."


class BoundedJSON(JSONParser):
    """JSON of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes. Django's own bound only covers forms."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value. Raises TooLarge, and ParseError for what is no JSON or nested beyond any use."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        content = stream.read(most + 1)
        if len(content) > most:
            raise TooLarge
        try:
            value = super().parse(BytesIO(content), media_type, parser_context)
            if b"\\ud" in content.lower():  # an escaped surrogate: fine as a pair, but half of one is no character
                json.dumps(value, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError("This JSON is nested too deeply.") from None
        except UnicodeEncodeError:
            raise ParseError("This JSON holds half of a surrogate pair, which is no character.") from None
        return value
