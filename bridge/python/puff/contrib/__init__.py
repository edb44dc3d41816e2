"""Puff for other libraries. Each module here needs the library of its name."""
