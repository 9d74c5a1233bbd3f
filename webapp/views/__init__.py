"""View models: what a template needs, made from the engine's read models."""
