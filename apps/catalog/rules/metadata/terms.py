"""Which term of Croissant, RAI, schema.org and PROV stands for which of our fields; for reading and for writing."""

RAI_TERMS = {
    "collection_method": "rai:dataCollection",
    "collection_type": "rai:dataCollectionType",
    "missing_data": "rai:dataCollectionMissingData",
    "origin": "rai:dataCollectionRawData",
    "generation_period": "rai:dataCollectionTimeframe",
    "imputation": "rai:dataImputationProtocol",
    "manipulation": "rai:dataManipulationProtocol",
    "preprocessing": "rai:dataPreprocessingProtocol",
    "annotation": "rai:dataAnnotationProtocol",
    "annotation_platform": "rai:dataAnnotationPlatform",
    "annotation_analysis": "rai:dataAnnotationAnalysis",
    "annotations_per_item": "rai:annotationsPerItem",
    "annotator_demographics": "rai:annotatorDemographics",
    "machine_annotation_tools": "rai:machineAnnotationTools",
    "maintenance": "rai:dataReleaseMaintenancePlan",
    "personal_information": "rai:personalSensitiveInformation",
    "social_impact": "rai:dataSocialImpact",
    "biases": "rai:dataBiases",
    "limitations": "rai:dataLimitations",
    "intended_uses": "rai:dataUseCases",
}

# What no standard carries, in our own namespace.
OWN_TERMS = {
    "ai_generated": "genaiops:aiGenerated",
    "access_terms": "genaiops:accessTerms",
    "confidentiality": "genaiops:confidentiality",
    "consent_documents": "genaiops:consentDocuments",
    "data_producers": "genaiops:dataProducers",
    "generated_by": "genaiops:generatedBy",
    "licence_statement": "genaiops:licenceStatement",
    "out_of_scope_uses": "genaiops:outOfScopeUses",
    "patents": "genaiops:patents",
    "privacy_techniques": "genaiops:privacyTechniques",
    "processing_excluded": "genaiops:processingExcluded",
    "processing_geography": "genaiops:processingGeography",
    "rationale": "genaiops:rationale",
    "storage_forbidden": "genaiops:storageForbidden",
    "storage_geography": "genaiops:storageGeography",
    "tdm_reservation": "genaiops:tdmReservation",
    "trademarks": "genaiops:trademarks",
}

# Terms of schema.org; usageInfo carries the permission from Croissant 1.1 on.
SCHEMA_TERMS = {
    "citation": "cr:citeAs",
    "contains_copyrighted_material": "sc:copyrightNotice",
    "geography": "sc:spatialCoverage",
    "languages": "sc:inLanguage",
}

ABOUT_TERMS = {
    "name": "sc:name",
    "description": "sc:description",
    "url": "sc:url",
    "version": "sc:version",
    "published": "sc:datePublished",
    "same_as": "sc:sameAs",
}

# What is said of one source: a prov:Entity with terms of schema.org.
SOURCE_TERMS = {
    "statement": "sc:description",
    "issuer": "sc:creator",
    "licence": "sc:license",
    "period": "sc:temporalCoverage",
    "geography": "sc:spatialCoverage",
    "origin": "genaiops:origin",
    "digest": "sc:sha256",
    "how": "genaiops:how",
    "collection_method": "genaiops:collectionMethod",
    "licence_evidence": "genaiops:licenceEvidence",
    "licence_verified": "genaiops:licenceVerified",
    "consent_document": "genaiops:consentDocument",
    "consent_digest": "genaiops:consentDigest",
    "tdm_reservation": "genaiops:tdmReservation",
    "tdm_note": "genaiops:tdmNote",
    "intended_uses": "genaiops:intendedUses",
    "confidentiality": "genaiops:confidentiality",
    "machine_generated": "genaiops:machineGenerated",
    "share": "genaiops:share",
}

NOT_RECORDED = "Not recorded"
UNKNOWN_PLACE = "ZZ"  # left to users by ISO 3166-1, and "unknown region" in Unicode CLDR
