"""Looking into model files without loading them, checking what is stored, and signing whole versions."""
