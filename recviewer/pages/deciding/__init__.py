"""Actions and their results: verdicts, tags, notes, trash, activity, the plan."""
