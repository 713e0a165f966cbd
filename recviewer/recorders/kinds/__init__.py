"""One module for each recorder, with an instance named `RECORDER`: see `recorders.contract`."""
