"""``python -m marginal_risk`` is ``marginal-risk``."""

from marginal_risk.cli import main

main()
