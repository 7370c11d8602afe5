"""The audit pack: snapshot, render, digest, verify."""
