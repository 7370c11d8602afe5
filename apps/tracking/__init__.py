"""Experiments and the runs that people log from their own tools: parameters, metrics, inputs, files, logged models."""
