"""The one library that every tag and filter of this package registers in."""

from django import template

register = template.Library()
