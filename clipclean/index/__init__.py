"""An index that persists: what is a copy of what was there yesterday."""
