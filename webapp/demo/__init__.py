"""A demonstration: a made-up organisation, and a clock that may be moved."""
