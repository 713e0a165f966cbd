"""What people said: verdicts, tags, notes, the trash and the audit log. None of it can be rebuilt."""
