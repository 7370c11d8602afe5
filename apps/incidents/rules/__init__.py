"""Kinds, severities and states of incidents, and which pages show what they are about."""

ALTERED, OTHER = "altered_file", "other"
HARM, RIGHTS, PRIVACY, SECURITY, FAILURE, DRIFT = "harm", "rights", "privacy", "security", "failure", "drift"
KINDS = {
    ALTERED: "A stored file was altered",
    HARM: "Harm to people, property or the environment",
    RIGHTS: "Fundamental rights",
    PRIVACY: "Personal data",
    SECURITY: "Attack or misuse",
    FAILURE: "Wrong or missing answers",
    DRIFT: "The data or the quality drifted",
    OTHER: "Other",
}

LOW, MEDIUM, HIGH, CRITICAL = "low", "medium", "high", "critical"
SEVERITIES = {LOW: "Low", MEDIUM: "Medium", HIGH: "High", CRITICAL: "Critical"}

OPEN, CLOSED = "open", "closed"
STATES = {OPEN: "Open", CLOSED: "Closed"}

INITIAL, INTERIM, FINAL = "initial", "interim", "final"
REPORTS = {INITIAL: "Initial report", INTERIM: "Interim report", FINAL: "Final report"}

# The page of each table that an incident may be about: the name of its address, which takes the object's number.
PAGES = {
    "catalog.dataset": "catalog:dataset-detail",
    "catalog.datasetversion": "catalog:version-detail",
    "registry.aisystem": "systems:system-detail",
    "registry.registeredmodel": "registry:model-detail",
    "registry.modelversion": "portal:version-detail",
    "serving.deployment": "serving:deployment-detail",
    "monitoring.driftrun": "monitoring:drift-detail",
    "checklist.evidenceversion": "checklist:library-version",
}

# What can be kept as evidence, or carry a cure: tables whose rows belong to a team, with words for the page, and what
# is read along for the name of a row.
HOLDABLE = {
    "registry.modelversion": ("Model versions", ["model"]),
    "catalog.datasetversion": ("Dataset versions", ["dataset"]),
    "serving.deployment": ("Deployments", ["version__model"]),
    "tracking.trackingrun": ("Logged runs", ["experiment"]),
    "evaluation.evaluationrun": ("Evaluations", ["version__model"]),
    "checklist.evidenceversion": ("Documents of the evidence library", ["document"]),
}
# What an incident may be reported about from its own page.
REPORTABLE = {*HOLDABLE, "catalog.dataset", "registry.aisystem", "registry.registeredmodel", "monitoring.driftrun"}
