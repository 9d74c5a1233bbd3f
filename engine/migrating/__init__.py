"""Running cases moved to another version of their process: checked, previewed, done, put back."""
