"""What the source of a test looks for in the answers to its calls.

A reviewer who sees other words in an answer wants to know whether the test still passes with them. The source shows
this in its asserts: a word that must be in the text, a tool that must be called. This package reads such asserts: the
source is parsed and interpreted symbolically, never imported and never run.

Whatever cannot be followed is unknown, and an assert about something unknown is counted as not read. So nothing here
claims more than "the test looks for these words"; it approves nothing and hides nothing.
"""
