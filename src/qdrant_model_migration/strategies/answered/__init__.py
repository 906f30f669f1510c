"""What the answers mean for the strategies, read in one place each. No strategy lives here."""
