"""A coding that somebody offers: its answers, what is wrong with them, and the files they change.

The form on the site and the command line both use this. Answers become rows of the sheets and
are checked as such, so what is accepted here passes the checks of a pull request, too.
"""
