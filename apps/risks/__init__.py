"""The risk register: what could go wrong with a system or a model version, how bad, and what is done about it."""
