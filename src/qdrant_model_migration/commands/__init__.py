"""The faces without a screen: one file per command, and what they share."""
