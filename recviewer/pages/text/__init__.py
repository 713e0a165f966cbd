"""The rendering of texts, JSON, pictures and folds on any page, and display names."""
