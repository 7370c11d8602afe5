"""Files in pieces, by the tus protocol 1.0 with creation, checksum, termination and expiration.

https://tus.io/protocols/resumable-upload says what each header means; any of its clients works with a token in
`Authorization`. A whole upload becomes a version by POST …/datasets/{id}/versions/ with {"upload": id}.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.http import http_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from apps.accounts.queries import person
from apps.accounts.services import require
from apps.catalog import queries, services
from apps.catalog.models import Upload
from apps.catalog.rules import DIGEST_SIZES, checksum_of, metadata_of
from apps.core import arrivals
from apps.core.errors import DomainError, Invalid
from apps.core.filtering import KeyFilter, TeamFilter
from apps.core.serializing import LARGEST_KEY, JsonObject, Reference
from apps.core.viewsets import ReadViewSet

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,termination,expiration"
PIECE = "application/offset+octet-stream"
MOST_LICENCE = 200
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


class UploadOut(serializers.ModelSerializer[Upload]):
    """A file on its way: how far it has come and until when the rest is waited for."""

    url = serializers.SerializerMethodField(help_text="where the pieces are sent to")
    dataset = Reference()
    created_by = Reference()
    metadata = serializers.SerializerMethodField(help_text="what the client said of the file")
    offset = serializers.IntegerField(help_text="bytes that have arrived")
    expires_at = serializers.DateTimeField()

    class Meta:
        model = Upload
        fields = [
            "id", "url", "dataset", "filename", "size", "offset", "is_whole", "expect_digest", "metadata", "created_by",
            "created_at", "touched_at", "expires_at",
        ]  # fmt: skip

    def get_url(self, upload: Upload) -> str:
        return reverse("upload-detail", args=[upload.pk], request=self.context.get("request"))

    @extend_schema_field(JsonObject)
    def get_metadata(self, upload: Upload) -> dict[str, str]:
        return metadata_of(upload.metadata)


class UploadFilter(TeamFilter):
    dataset = KeyFilter(field_name="dataset_id")


def _header(name: str, words: str, *, required: bool = False, kind: Any = OpenApiTypes.STR) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, required=required, description=words)


TUS = OpenApiParameter("Tus-Resumable", str, OpenApiParameter.HEADER, required=True, enum=[VERSION])


class UploadViewSet(ReadViewSet):
    """Uploads of the person's teams that have not become a version yet."""

    seen = staticmethod(queries.uploads_seen_by)
    serializer_class = UploadOut
    filterset_class = UploadFilter
    parser_classes = []  # a piece is read from the request as it comes, and by nobody before
    lookup_value_regex = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

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

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Uploads that can go on. `offset` is what the row says; HEAD of an upload tells what the disk says."""
        return super().list(request, *args, **kwargs)

    def get_object(self) -> Upload:
        return queries.upload_seen(self.request.user, self.kwargs["pk"])

    @extend_schema(responses=UploadOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        """How far an upload has come. HEAD is the protocol's: Upload-Offset is where to go on."""
        upload = self.get_object()
        require(person(request), "dataset.upload", upload.team_id)
        upload.offset = arrivals.length(upload.arrival)
        answer = self._told(upload, Response(UploadOut(upload, context=self.get_serializer_context()).data))
        answer["Upload-Length"] = str(upload.size)
        if upload.metadata:
            answer["Upload-Metadata"] = upload.metadata
        return answer

    @extend_schema(
        request=None,
        parameters=[
            TUS,
            _header("Upload-Length", "size of the file in bytes", required=True, kind=OpenApiTypes.INT64),
            _header(
                "Upload-Metadata",
                "names and Base64 values: `filename` and `dataset` (its id) are needed, `sha256` (hexadecimal) refuses "
                "a file that arrives otherwise; `branch`, `message` and `licence` hold where the commit says nothing; "
                "whatever else is said is kept",
                required=True,
            ),
        ],
        responses={201: UploadOut},
    )
    def create(self, request: Request) -> Response:
        """Begin an upload; Location says where the pieces go."""
        header = request.headers.get("Upload-Metadata", "")
        said = metadata_of(header)
        dataset = queries.dataset_seen(request.user, _number(said.get("dataset", ""), "Upload-Metadata: dataset"))
        digest = said.get("sha256", "").lower()
        if digest and (len(digest) != 64 or set(digest) - set("0123456789abcdef")):
            raise Invalid("Upload-Metadata: sha256 is 64 hexadecimal digits.", code="upload.metadata")
        if len(said.get("licence", "")) > MOST_LICENCE:
            raise Invalid(f"Upload-Metadata: a licence has up to {MOST_LICENCE} characters.", code="upload.metadata")
        upload = services.upload_start(
            by=person(request),
            dataset=dataset,
            filename=said.get("filename", ""),
            size=_number(request.headers.get("Upload-Length", ""), "Upload-Length"),
            expect_digest=digest,
            metadata=header,
        )
        answer = self._told(upload, self.answer(UploadOut, upload, status.HTTP_201_CREATED))
        answer["Location"] = answer.data["url"]
        return answer

    @extend_schema(
        request={PIECE: OpenApiTypes.BINARY},
        parameters=[
            TUS,
            _header("Upload-Offset", "bytes that have arrived so far", required=True, kind=OpenApiTypes.INT64),
            _header("Upload-Checksum", "of this piece: `sha256` or `sha1`, a space, the digest in Base64"),
        ],
        responses={204: OpenApiResponse(description="Written; Upload-Offset is where to go on.")},
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Send a piece. What arrives before a connection breaks counts; HEAD tells how much that is."""
        if request.content_type.partition(";")[0].strip() != PIECE:
            raise WrongMedia(f"A piece is sent as {PIECE}.")
        if not request.headers.get("Content-Length"):
            raise LengthMissing("A piece needs its Content-Length.")
        length = _number(request.headers["Content-Length"], "Content-Length")
        sent = request.headers.get("Upload-Checksum", "")
        upload = services.upload_append(
            by=person(request),
            upload=self.get_object(),
            offset=_number(request.headers.get("Upload-Offset", ""), "Upload-Offset"),
            length=length,
            blocks=_blocks(request, length),
            checksum=arrivals.Checksum(*checksum_of(sent)) if sent else None,
        )
        return self._told(upload, Response(status=status.HTTP_204_NO_CONTENT))

    @extend_schema(request=None, parameters=[TUS], responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Give an upload up; what has arrived of it is removed."""
        services.upload_cancel(by=person(request), upload=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _told(self, upload: Upload, answer: Response) -> Response:
        answer["Upload-Offset"] = str(upload.offset)
        answer["Upload-Expires"] = http_date(upload.expires_at.timestamp())
        return answer


def _number(text: str, name: str) -> int:
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
