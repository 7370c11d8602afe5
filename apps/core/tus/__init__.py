"""Files in pieces over the API, by the tus protocol 1.0 with creation, checksum, termination and expiration.

https://tus.io/protocols/resumable-upload says what each header means; any of its clients works with a token in
`Authorization`. Each kind of upload derives its own viewset and says what it asks for and what it becomes.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.http import http_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import arrivals
from apps.core.arriving import Arriving
from apps.core.errors import DomainError, Invalid
from apps.core.serializing import LARGEST_KEY
from apps.core.tus.headers import DIGEST_SIZES, checksum_of
from apps.core.viewsets import ReadViewSet

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,termination,expiration"
PIECE = "application/offset+octet-stream"
OVERRIDES = frozenset({"POST", "PATCH", "HEAD", "DELETE"})


class OtherVersion(DomainError):
    """A client that speaks another version of the protocol, or does not say which."""

    status = 412
    default_code = "tus.version"


class WrongMedia(DomainError):
    """A piece that is not sent as one (RFC 9110, 15.5.16)."""

    status = 415
    default_code = "tus.media"


class LengthMissing(DomainError):
    """A piece of unknown length (RFC 9110, 15.5.12)."""

    status = 411
    default_code = "tus.length"


def header(name: str, words: str, *, required: bool = False, kind: Any = OpenApiTypes.STR) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, required=required, description=words)


TUS = OpenApiParameter("Tus-Resumable", str, OpenApiParameter.HEADER, required=True, enum=[VERSION])


def digest_said(said: dict[str, str]) -> str:
    """The SHA-256 that the metadata announces; empty where it does not. Raises Invalid for what is none."""
    digest = said.get("sha256", "").lower()
    if digest and (len(digest) != 64 or set(digest) - set("0123456789abcdef")):
        raise Invalid("Upload-Metadata: sha256 is 64 hexadecimal digits.", code="upload.metadata")
    return digest


class TusViewSet(ReadViewSet):
    """Uploads of one kind that can go on. `offset` in the list is what the row says; HEAD tells what the disk says."""

    parser_classes = []  # a piece is read from the request as it comes, and by nobody before
    lookup_value_regex = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

    def upload(self) -> Arriving:
        """The open upload of the address. Raises NotFound."""
        raise NotImplementedError

    def check_reader(self, upload: Any) -> None:
        """Raise Refused for somebody who may not know how far it has come."""
        raise NotImplementedError

    def append(self, upload: Any, **piece: Any) -> Arriving:
        """Write a piece: `offset`, `length`, `blocks`, `checksum`."""
        raise NotImplementedError

    def cancel(self, upload: Any) -> None:
        """Give it up."""
        raise NotImplementedError

    def get_object(self) -> Any:
        return self.upload()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer as the header X-HTTP-Method-Override says: the protocol has it for clients that know only POST.

        The method is changed before anybody looks at it, so that CSRF and scope are asked about what will be done.
        """
        wanted = request.headers.get("X-HTTP-Method-Override", "").upper()
        if wanted in OVERRIDES:
            request.method = wanted
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in OVERRIDES and request.headers.get("Tus-Resumable") != VERSION:
            raise OtherVersion(f"This server speaks tus {VERSION}.", remedy=f"Send “Tus-Resumable: {VERSION}”.")

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response["Tus-Resumable"] = response["Tus-Version"] = VERSION
        response["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """What this server can do."""
        told = {
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
            "Tus-Checksum-Algorithm": ",".join(DIGEST_SIZES),
        }
        return Response(status=status.HTTP_204_NO_CONTENT, headers=told)

    def retrieve(self, request: Request, pk: str) -> Response:
        """How far an upload has come. HEAD is the protocol's: Upload-Offset is where to go on."""
        upload = self.upload()
        self.check_reader(upload)
        upload.offset = arrivals.length(upload.arrival)
        answer = self.told(upload, Response(self.get_serializer(upload).data))
        answer["Upload-Length"] = str(upload.size)
        if upload.metadata:
            answer["Upload-Metadata"] = upload.metadata
        return answer

    def begun(self, upload: Arriving) -> Response:
        """The answer to a POST that began an upload; Location says where the pieces go."""
        answer = self.told(upload, self.answer(self.get_serializer_class(), upload, status.HTTP_201_CREATED))
        answer["Location"] = answer.data["url"]
        return answer

    @extend_schema(
        request={PIECE: OpenApiTypes.BINARY},
        parameters=[
            TUS,
            header("Upload-Offset", "bytes that have arrived so far", required=True, kind=OpenApiTypes.INT64),
            header("Upload-Checksum", "of this piece: `sha256` or `sha1`, a space, the digest in Base64"),
        ],
        responses={204: OpenApiResponse(description="Written; Upload-Offset is where to go on.")},
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Send a piece. What arrives before a connection breaks counts; HEAD tells how much that is."""
        if request.content_type.partition(";")[0].strip() != PIECE:
            raise WrongMedia(f"A piece is sent as {PIECE}.")
        if not request.headers.get("Content-Length"):
            raise LengthMissing("A piece needs its Content-Length.")
        length = number(request.headers["Content-Length"], "Content-Length")
        sent = request.headers.get("Upload-Checksum", "")
        upload = self.append(
            self.upload(),
            offset=number(request.headers.get("Upload-Offset", ""), "Upload-Offset"),
            length=length,
            blocks=_blocks(request, length),
            checksum=arrivals.Checksum(*checksum_of(sent)) if sent else None,
        )
        return self.told(upload, Response(status=status.HTTP_204_NO_CONTENT))

    @extend_schema(request=None, parameters=[TUS], responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Give an upload up; what has arrived of it is removed."""
        self.cancel(self.upload())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def told(self, upload: Arriving, answer: Response) -> Response:
        """The answer with what the protocol says about the upload in its headers."""
        answer["Upload-Offset"] = str(upload.offset)
        answer["Upload-Expires"] = http_date(upload.expires_at.timestamp())
        return answer


def number(text: str, name: str) -> int:
    """A whole number out of a header. Raises DomainError."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_KEY)) and int(text) <= LARGEST_KEY):
        raise DomainError(f"“{name}” must be a whole number.", code="tus.header")
    return int(text)


def _blocks(request: Request, length: int) -> Iterator[bytes]:
    """The body as it comes, a block at a time. Raises DomainError when it ends before its length."""
    left = length
    while left:
        try:
            block = request.read(min(arrivals.BLOCK, left))
        except UnreadablePostError:
            block = b""
        if not block:
            raise DomainError("The connection ended before the piece did.", code="upload.broken_off")
        left -= len(block)
        yield block
