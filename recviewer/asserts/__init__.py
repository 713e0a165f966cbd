"""What the source of a test looks for in the answers that its calls get.

A reviewer who sees other words in an answer wants to know whether they still do what the test wants. The source says so in
its asserts: a word that has to be in the text, a tool that has to be called. This room reads such asserts: the source is
parsed and followed by a small reader of its own, never imported and never run.

What cannot be followed is unknown, and an assert about something unknown is counted as not read. So nothing here says more
than "the test looks for these words"; it approves nothing and hides nothing.
"""
