"""What decisions ask for: files to delete or restore, tests to re-record. Changes nothing."""
