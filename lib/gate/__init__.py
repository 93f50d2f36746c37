"""What stands before every request: who asks, and what they may reach."""
