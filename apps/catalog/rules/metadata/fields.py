"""Our words for what metadata says of a dataset version, the Data questions they answer, and who else carries them.

docs/vocabulary.md explains each of them beside the terms of the standards.
"""

from dataclasses import dataclass

CROISSANT_1_0, CROISSANT_1_1 = "croissant-1.0", "croissant-1.1"
CARD, DPS = "hf-card", "dps-1.0.0"
FORMATS = {
    CROISSANT_1_0: "Croissant 1.0",
    CROISSANT_1_1: "Croissant 1.1",
    CARD: "Hugging Face dataset card",
    DPS: "Data & Trust Alliance DPS 1.0.0",
}

# The eight questions about data, in short; their full wording stands in the checklist, which uses the same ids.
QUESTIONS = {
    "data-1": "What are the sources?",
    "data-2": "How was the data made?",
    "data-3": "Is there permission to use it?",
    "data-4": "Is it copyrighted?",
    "data-5": "Is it confidential?",
    "data-6": "Does it hold personal data?",
    "data-7": "Could it be poisoned?",
    "data-8": "Is it genuine or made by AI?",
}


@dataclass(frozen=True)
class Field:
    """One thing that can be said of data. `is_needed`: a Data question is open while nobody says it."""

    name: str
    label: str
    questions: tuple[str, ...]
    is_needed: bool = False
    carriers: tuple[str, ...] = ()  # the formats with a term of their own for it


_CROISSANT = (CROISSANT_1_0, CROISSANT_1_1)
_ALL = tuple(FORMATS)
LICENCE, FILE_DIGEST = "licence", "file_digest"

FIELDS = (
    Field("sources", "Sources", ("data-1",), True, _ALL),
    Field("origin", "Origin", ("data-1",), True, (*_CROISSANT, CARD)),
    Field("derived_from", "Made out of other versions", ("data-1",), carriers=(CROISSANT_1_1,)),
    Field("collection_method", "How it was collected", ("data-2",), True, _ALL),
    Field("collection_type", "Kind of collection", ("data-2",), carriers=_CROISSANT),
    Field("generation_period", "Period", ("data-2",), True, (*_CROISSANT, DPS)),
    Field("geography", "Geography", ("data-2",), True, (*_CROISSANT, DPS)),
    Field("preprocessing", "Cleaning and preparation", ("data-2",), True, _CROISSANT),
    Field("manipulation", "Other changes to the values", ("data-2",), carriers=_CROISSANT),
    Field("imputation", "Values that were filled in", ("data-2",), carriers=_CROISSANT),
    Field("missing_data", "What is missing in the data", ("data-2",), carriers=_CROISSANT),
    Field("data_producers", "Who produced the content", ("data-2",), carriers=(CARD,)),
    Field("generated_by", "Activities that made it", ("data-2",), carriers=(CROISSANT_1_1,)),
    Field("annotation", "How it was labelled", ("data-2",), carriers=(*_CROISSANT, CARD)),
    Field("annotation_platform", "Labelling platform", ("data-2",), carriers=_CROISSANT),
    Field("annotation_analysis", "From labels to final labels", ("data-2",), carriers=_CROISSANT),
    Field("annotations_per_item", "Labels for each item", ("data-2",), carriers=_CROISSANT),
    Field("annotator_demographics", "Who labelled it", ("data-2",), carriers=(*_CROISSANT, CARD)),
    Field("permission", "Permission to use it", ("data-3",), True, (CROISSANT_1_1,)),
    Field("licence_statement", "What is said about the licence", ("data-3", "data-4"), carriers=(CARD,)),
    Field("access_terms", "Conditions of access", ("data-3",), carriers=(CARD,)),
    Field("consent_documents", "Consent or contract", ("data-3",), True, (DPS,)),
    Field("intended_uses", "Intended use", ("data-3",), True, (*_CROISSANT, CARD, DPS)),
    Field("out_of_scope_uses", "Uses it is not meant for", ("data-3",), carriers=(CARD,)),
    Field("processing_geography", "Where it may be processed", ("data-3",), carriers=(DPS,)),
    Field("processing_excluded", "Where it may not be processed", ("data-3",), carriers=(DPS,)),
    Field("storage_geography", "Where it may be stored", ("data-3",), carriers=(DPS,)),
    Field("storage_forbidden", "Where it may not be stored", ("data-3",), carriers=(DPS,)),
    Field(LICENCE, "Licence", ("data-3", "data-4"), True, _ALL),
    Field("contains_copyrighted_material", "Copyrighted material", ("data-4",), True, (*_CROISSANT, DPS)),
    Field("tdm_reservation", "Text and data mining reserved", ("data-4",), True, ()),
    Field("patents", "Patents", ("data-4",), carriers=(DPS,)),
    Field("trademarks", "Trademarks", ("data-4",), carriers=(DPS,)),
    Field("confidentiality", "Confidentiality", ("data-5",), True, (DPS,)),
    Field("personal_information", "Personal and sensitive data", ("data-6", "data-5"), True, (*_CROISSANT, CARD)),
    Field("privacy_techniques", "What protects persons in it", ("data-6",), carriers=(DPS,)),
    Field(FILE_DIGEST, "SHA-256 of the file", ("data-7",), True, _CROISSANT),
    Field("poisoning", "Search for planted text", ("data-7",), True, ()),
    Field("ai_generated", "Made by AI", ("data-8",), True, (CROISSANT_1_1, CARD)),
    Field("machine_annotation_tools", "Machines that labelled it", ("data-8",), carriers=_CROISSANT),
    Field("limitations", "Limitations", (), carriers=(*_CROISSANT, CARD)),
    Field("biases", "Biases", (), carriers=(*_CROISSANT, CARD)),
    Field("social_impact", "Effect on society", (), carriers=(*_CROISSANT, CARD)),
    Field("rationale", "Why it was made", (), carriers=(CARD,)),
    Field("maintenance", "Releases and upkeep", (), carriers=_CROISSANT),
    Field("languages", "Languages", (), carriers=(*_CROISSANT, CARD)),
    Field("citation", "How to cite it", (), carriers=(*_CROISSANT, CARD)),
)
BY_NAME = {field.name: field for field in FIELDS}

# What a version's datasheet may hold out of a file; licence and digest have places of their own in the record, and
# only a scan can say whether planted text was searched for.
DATASHEET_FIELDS = tuple(field.name for field in FIELDS if field.name not in (LICENCE, FILE_DIGEST, "poisoning"))


def label_of(name: str) -> str:
    """The field's words for people; of a field that is not ours, its name with blanks."""
    return BY_NAME[name].label if name in BY_NAME else name.replace("_", " ").capitalize()
