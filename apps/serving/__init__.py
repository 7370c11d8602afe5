"""Deployments of approved versions, and the applications that call them."""
