"""How well a model version does, measured on rows it has never seen."""
