"""The index of the recordings. It can be dropped and rebuilt without losing anything."""
