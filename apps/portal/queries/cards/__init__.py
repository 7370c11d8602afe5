"""What an export says of a model version, put together from every floor, and how complete it is."""

from apps.portal.queries.cards.whole import completeness_of, described_for, told_of

__all__ = ["completeness_of", "described_for", "told_of"]
