"""What the API's description calls each choice of values: one name of a field stands for several of them."""

ENUM_NAMES = {
    "FindingSeverity": "apps.registry.rules.safety.SEVERITIES.items",
    "HeldState": "apps.registry.rules.HELD_STATES.items",
    "HowKnown": "apps.checklist.rules.STATUSES.items",
    "IncidentKind": "apps.incidents.rules.KINDS.items",
    "IncidentSeverity": "apps.incidents.rules.SEVERITIES.items",
    "IncidentState": "apps.incidents.rules.STATES.items",
    "Lifecycle": "apps.tracking.rules.LIFECYCLES.items",
    "LineageRelation": "apps.registry.rules.LINKS.items",
    "LoggedModelState": "apps.tracking.rules.LOGGED_STATES.items",
    "ModelRelation": "apps.registry.rules.RELATIONS.items",
    "Role": "apps.accounts.rules.ROLES.items",
    "RunState": "apps.core.serializing.STATES",
    "Side": "apps.catalog.rules.merging.SIDES.items",
    "Stage": "apps.registry.models.ModelVersion.Stage",
    "Statement": "apps.checklist.rules.STATED.items",
    "TrackingRunState": "apps.tracking.rules.RUN_STATES.items",
}
