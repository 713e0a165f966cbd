"""What decisions ask for: files that go or come back, tests to record again. Changes nothing."""
