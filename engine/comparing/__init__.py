"""What differs between two packages, and how two people's changes of one package come together."""
