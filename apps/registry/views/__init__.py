"""The pages of models and versions."""
