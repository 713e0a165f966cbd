"""How two exchanges differ, in the words that people and models wrote. Pure; knows no wire format."""
