"""Every write about models, versions and tuning runs."""

from apps.registry.services.aliases import alias_delete, alias_set, aliases_end, aliases_protect
from apps.registry.services.documents import document_apply, document_import, document_read_own, statement_make
from apps.registry.services.imports import import_finish, version_import
from apps.registry.services.integrity import (
    digest_break,
    files_sweep,
    version_break,
    version_check_finish,
    version_check_start,
    version_mend,
)
from apps.registry.services.models import model_create, model_describe, model_rename, model_word
from apps.registry.services.quarantine import (
    file_scan_finish,
    file_scan_start,
    held_file_refuse,
    held_file_release,
)
from apps.registry.services.records import version_describe
from apps.registry.services.recreations import recreation_finish, recreation_start
from apps.registry.services.removals import model_delete, model_restore, version_delete, version_restore
from apps.registry.services.signing import version_sign_finish, version_sign_start
from apps.registry.services.stages import version_approve, version_propose, version_reject, version_retire
from apps.registry.services.systems import system_change, system_create, system_version_add, system_version_end
from apps.registry.services.tags import model_tag_delete, model_tag_set, version_tag_delete, version_tag_set
from apps.registry.services.tuning import tuning_finish, tuning_start
from apps.registry.services.uploads import (
    file_send,
    file_upload_append,
    file_upload_cancel,
    file_upload_start,
    file_uploads_sweep,
    version_open,
    version_seal,
)
from apps.registry.services.versions import version_create, version_word

__all__ = [
    "file_send",
    "file_upload_append",
    "file_upload_cancel",
    "file_upload_start",
    "file_uploads_sweep",
    "version_open",
    "version_seal",
    "alias_delete",
    "alias_set",
    "aliases_end",
    "aliases_protect",
    "digest_break",
    "document_apply",
    "document_import",
    "document_read_own",
    "file_scan_finish",
    "file_scan_start",
    "files_sweep",
    "held_file_refuse",
    "held_file_release",
    "import_finish",
    "model_create",
    "model_delete",
    "model_describe",
    "model_rename",
    "model_restore",
    "model_tag_delete",
    "model_tag_set",
    "model_word",
    "recreation_finish",
    "recreation_start",
    "statement_make",
    "system_change",
    "system_create",
    "system_version_add",
    "system_version_end",
    "tuning_finish",
    "tuning_start",
    "version_approve",
    "version_break",
    "version_check_finish",
    "version_check_start",
    "version_create",
    "version_delete",
    "version_describe",
    "version_import",
    "version_mend",
    "version_propose",
    "version_reject",
    "version_restore",
    "version_retire",
    "version_sign_finish",
    "version_sign_start",
    "version_tag_delete",
    "version_tag_set",
    "version_word",
]
