"""The exchange with the code host: pull requests are fetched and evaluated, and their status is posted."""
