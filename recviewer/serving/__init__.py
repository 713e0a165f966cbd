"""How the web is served: the URL prefix, what is loaded before the first page, the log, and what pages reveal about the
machine.
"""
