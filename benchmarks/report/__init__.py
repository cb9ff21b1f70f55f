"""A measurement as one page that needs nothing beside it."""
