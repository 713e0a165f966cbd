"""How texts, JSON, pictures and folds look on any page, and what things are called there."""
