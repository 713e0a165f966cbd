"""The web: one module for each page. No models here."""
