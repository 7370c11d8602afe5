"""The API for whoever must rely on a document: checking a file, and our public keys."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.serializing import Input
from apps.reports.models import SealCertificate
from apps.reports.queries.certificates import SealKey, certificates, seal_keys
from apps.reports.queries.verifying import FileCheck, Signed, file_check


class VerificationIn(Input):
    """A file to check; nothing of it is kept."""

    file = serializers.FileField(max_length=200, help_text="a pack (ZIP) or a PDF, exactly as it was downloaded")
    digest = serializers.CharField(required=False, max_length=64, help_text="that a pack's manifest ought to have")
    key = serializers.CharField(
        required=False, max_length=120, help_text="SHA-256 fingerprint of the key it ought to be sealed or signed with"
    )


class StampOut(serializers.Serializer[Any]):
    """A time stamp (RFC 3161) over a signature."""

    at = serializers.DateTimeField(allow_null=True)
    authority = serializers.SerializerMethodField()
    problems = serializers.ListField(child=serializers.CharField(), help_text="empty: it holds")

    def get_authority(self, stamp: Any) -> str:
        return stamp.authority.holder if stamp.authority else ""


class PdfSignatureOut(serializers.Serializer[Signed]):
    """A signature in a PDF: who, when, over which bytes, and whether the key is this organisation's."""

    holder = serializers.CharField(source="signature.holder", help_text="as the certificate names them")
    fingerprint = serializers.CharField(source="signature.fingerprint", help_text="SHA-256 of the certificate")
    signed_at = serializers.DateTimeField(
        source="signature.signed_at", allow_null=True, help_text="by the signer's own clock"
    )
    time_stamp = StampOut(source="signature.stamp", allow_null=True)
    covers = serializers.IntegerField(source="signature.covers", help_text="bytes from the file's beginning")
    problems = serializers.ListField(child=serializers.CharField(), source="signature.problems")
    is_ours = serializers.BooleanField(source="whose.is_ours", help_text="whether it is this organisation's key")
    key_words = serializers.CharField(source="whose.words")


class SealOut(serializers.Serializer[FileCheck]):
    """The seal over a pack's manifest."""

    key = serializers.CharField(source="pack.seal_key", help_text="SHA-256 of the Ed25519 key's 32 bytes")
    at = serializers.CharField(source="pack.sealed_at")
    is_ours = serializers.BooleanField(source="seal.is_ours")
    key_words = serializers.CharField(source="seal.words")


class VerificationOut(serializers.Serializer[FileCheck]):
    """The verdict on one file. `is_intact` with `is_ours` is what to rely on; either alone says less."""

    kind = serializers.ChoiceField(choices=["pack", "pdf"])
    is_intact = serializers.BooleanField(help_text="every byte is as it was sealed or signed")
    problems = serializers.ListField(child=serializers.CharField(), help_text="each thing that differs")
    is_ours = serializers.BooleanField(help_text="sealed or signed with this organisation's key")
    is_made_here = serializers.BooleanField(help_text="this portal recorded the making of exactly these bytes")
    digest = serializers.CharField(help_text="SHA-256 of a pack's manifest, or of the PDF")
    size = serializers.IntegerField(help_text="bytes")
    format = serializers.CharField(source="pack.format", default="", help_text="of a pack")
    subject = serializers.CharField(source="pack.subject", default="")
    made_at = serializers.CharField(source="pack.generated_at", default="")
    files = serializers.IntegerField(source="pack.files", default=None, allow_null=True)
    entries = serializers.IntegerField(
        source="pack.entries", default=None, allow_null=True, help_text="of the audit trail, each proven"
    )
    seal = serializers.SerializerMethodField()
    signatures = PdfSignatureOut(many=True)
    documents = serializers.SerializerMethodField(help_text="the signature of each PDF in a pack, by its path")
    report = serializers.SerializerMethodField(help_text="id of the document here, where you may see it")

    @extend_schema(responses=SealOut)
    def get_seal(self, check: FileCheck) -> dict[str, Any] | None:
        return SealOut(check).data if check.seal is not None else None

    def get_documents(self, check: FileCheck) -> dict[str, Any]:
        return {name: PdfSignatureOut(found).data if found else None for name, found in check.documents.items()}

    def get_report(self, check: FileCheck) -> int | None:
        return check.report.pk if check.report else None


class VerificationView(APIView):
    """Checks a pack or a PDF by the code that is in every pack."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="verification_create", request={"multipart/form-data": VerificationIn}, responses=VerificationOut
    )
    def post(self, request: Request) -> Response:
        """Whether a file is intact, who sealed or signed it, and whether that is this organisation's key. A file that
        differs is an answer like any other (200); what is neither pack nor PDF is refused.
        """
        given = VerificationIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        expected, key = asked.get("digest", "").lower(), asked.get("key", "")
        return Response(VerificationOut(file_check(request.user, asked["file"].file, expected=expected, key=key)).data)


class SealKeyOut(serializers.Serializer[SealKey]):
    """A key that packs and the audit trail are sealed with (Ed25519)."""

    id = serializers.CharField(help_text="its fingerprint: SHA-256 of its 32 bytes")
    pem = serializers.CharField()
    is_in_use = serializers.BooleanField()


class CertificateOut(serializers.ModelSerializer[SealCertificate]):
    """A certificate that documents are, or were, signed with."""

    class Meta:
        model = SealCertificate
        fields = [
            "fingerprint",
            "subject",
            "issuer",
            "algorithm",
            "not_before",
            "not_after",
            "origin",
            "is_self_made",
            "created_at",
            "retired_at",
            "pem",
        ]


class SigningKeysOut(serializers.Serializer[Any]):
    """All public keys and certificates of this portal, those of former years included."""

    seals = SealKeyOut(many=True)
    certificates = CertificateOut(many=True)


class SigningKeysView(APIView):
    """Public: somebody outside compares a document with them."""

    permission_classes = []

    @extend_schema(operation_id="signing_keys_list", responses=SigningKeysOut)
    def get(self, request: Request) -> Response:
        """What packs and documents of this portal are recognised by. Asked for without signing in."""
        return Response(SigningKeysOut({"seals": seal_keys(), "certificates": certificates()}).data)
