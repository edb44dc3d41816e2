"""Measures Puff and its peers in the same run; see ../README.md."""
