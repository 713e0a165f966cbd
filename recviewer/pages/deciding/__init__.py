"""Acts and what they leave behind: verdicts, tags, notes, trash, activity, the plan."""
