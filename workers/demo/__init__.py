"""The main job from end to end, as an engineer, a compliance officer and an approver would do it over the API."""
