"""What stands between strangers and the site: bounds on SQL, requests and connections.

``limits`` has every number, ``sql`` and ``functions`` what a statement may do, ``gate`` what a
request may ask for, ``headers`` and ``errors`` how everything is answered, ``connections`` and
``process`` what the server holds at once.
"""
