"""The exchanges of one test as conversations: who follows whom, read from what they say, for recordings hold no times."""
