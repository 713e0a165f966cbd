"""How the web is served: below which path, with what brought in before, what is logged, and what is told of the machine."""
