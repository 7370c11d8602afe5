"""The doors through which unmodified MLflow clients come in. No tables of its own; the rules stand below."""
