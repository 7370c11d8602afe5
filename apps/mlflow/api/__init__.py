"""The doors themselves, by the part of MLflow's protocol that they answer."""
