"""What decisions ask for: files that go or come back, tests to re-record. Changes nothing."""
