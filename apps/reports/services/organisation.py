"""Every write about the organisation that documents speak for."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageFile

from apps.accounts.models import User
from apps.accounts.services import require_for_site
from apps.audit.services import record
from apps.core import storage
from apps.core.errors import Conflict, Invalid
from apps.reports.models import Organisation
from apps.reports.rules.organisation import colour_problem, parsed_sections
from apps.reports.rules.pictures import picture_size

EDIT = "organisation.edit"
LOGO_BYTES, LOGO_PIXELS = 512 * 1024, 4000
LOGO_KEPT = 1200  # pixels each way at most: 60 mm at 500 dots an inch


@transaction.atomic
def organisation_edit(*, by: User, name: str, **more: str) -> Organisation:
    """Enter or change who answers for this site's documents; what is not named stays. Snapshots taken before keep what
    they hold. Raises Refused without the right, Invalid without a name, for a colour that cannot be read on white and
    for sections without titles.
    """
    require_for_site(by, EDIT)
    values = {"name": name.strip()} | {key: value.strip() for key, value in more.items()}
    if not values["name"]:
        raise Invalid("Enter the organisation's name.", code="organisation.name")
    if "colour" in values:
        values["colour"] = values["colour"].lower()
    if problem := colour_problem(values.get("colour", "")):
        raise Invalid(problem, code="organisation.colour")
    try:
        parsed_sections(values.get("sections", ""))
    except ValueError as error:
        raise Invalid(str(error), code="organisation.sections") from error
    row = Organisation.objects.select_for_update().filter(pk=Organisation.ONLY).first()
    row = row or Organisation(pk=Organisation.ONLY)
    changed = sorted(key for key, value in values.items() if getattr(row, key) != value)
    for key, value in values.items():
        setattr(row, key, value)
    return _kept(row, by, changed)


@transaction.atomic
def organisation_logo_set(*, by: User, content: bytes) -> Organisation:
    """Put a logo on new documents. Raises Invalid for what is no PNG or JPEG, or too large, and Conflict before the
    organisation was entered."""
    require_for_site(by, EDIT)
    row = _entered()
    if len(content) > LOGO_BYTES:
        raise Invalid(f"The file is larger than {LOGO_BYTES // 1024} KiB.", code="organisation.logo")
    try:
        size = picture_size(content)
    except ValueError as error:
        raise Invalid(f"{error} This file is neither.", code="organisation.logo") from error
    if not 0 < min(size) <= max(size) <= LOGO_PIXELS:
        raise Invalid(f"A logo has at most {LOGO_PIXELS} pixels each way.", code="organisation.logo")
    row.logo_digest = storage.put(BytesIO(_plain_picture(content))).digest
    return _kept(row, by, ["logo"])


@transaction.atomic
def organisation_logo_remove(*, by: User) -> Organisation:
    """Make new documents without a logo."""
    require_for_site(by, EDIT)
    row = _entered()
    row.logo_digest = ""
    return _kept(row, by, ["logo"])


def _plain_picture(content: bytes) -> bytes:
    """The picture decoded and written again as PNG, without what else a file may carry (a place, a name, a profile):
    what is stored can be read by everything that sets a document. Raises Invalid where it cannot be decoded."""
    written = BytesIO()
    try:
        with _whole_pictures_only(), Image.open(BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if max(picture.size) > LOGO_PIXELS:  # a second head may say otherwise than the first
                raise ValueError("too many pixels")
            shown = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid("This picture cannot be read; the file is damaged.", code="organisation.logo") from error
    shown.thumbnail((LOGO_KEPT, LOGO_KEPT))
    shown.info.clear()
    shown.save(written, "PNG")
    return written.getvalue()


@contextmanager
def _whole_pictures_only() -> Iterator[None]:
    """Refuse pictures that are cut off. WeasyPrint, where it was loaded, has told Pillow to take them."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _entered() -> Organisation:
    row = Organisation.objects.select_for_update().filter(pk=Organisation.ONLY).first()
    if row is None:
        raise Conflict("Enter the organisation's name first.", code="organisation.missing")
    return row


def _kept(row: Organisation, by: User, changed: list[str]) -> Organisation:
    row.changed_at, row.changed_by = timezone.now(), by
    row.save()
    record(action=EDIT, obj=row, by=by, data={"changed": changed, "logo_digest": row.logo_digest})
    return row
