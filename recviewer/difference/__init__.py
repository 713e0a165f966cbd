"""How two exchanges differ, in the texts that people and models wrote. Pure; knows no wire format."""
