"""Read models for people: they never write, and they return views made for the reader."""
