"""One file for each wire format; the registry imports every module here."""
