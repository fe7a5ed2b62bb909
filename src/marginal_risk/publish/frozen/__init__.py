"""A copy of the site as static files, which needs no server: under any prefix, and from a disk.

``copying`` crawls the site within this process and writes a file for each address. ``addresses``
says which addresses have one, ``files`` what it is called, and ``links`` makes a page's links lead
there. ``rows_page`` has the pages that stand in for Datasette's own.
"""
