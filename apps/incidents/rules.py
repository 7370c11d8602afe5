"""Kinds, severities and states of incidents, and which pages show what they are about."""

ALTERED, OTHER = "altered_file", "other"
KINDS = {ALTERED: "A stored file was altered", OTHER: "Other"}

LOW, MEDIUM, HIGH, CRITICAL = "low", "medium", "high", "critical"
SEVERITIES = {LOW: "Low", MEDIUM: "Medium", HIGH: "High", CRITICAL: "Critical"}

OPEN, CLOSED = "open", "closed"
STATES = {OPEN: "Open", CLOSED: "Closed"}

# The page of each table that an incident may be about: the name of its address, which takes the object's number.
PAGES = {
    "catalog.dataset": "catalog:dataset-detail",
    "catalog.datasetversion": "catalog:version-detail",
    "registry.registeredmodel": "registry:model-detail",
    "registry.modelversion": "portal:version-detail",
    "serving.deployment": "serving:deployment-detail",
}
