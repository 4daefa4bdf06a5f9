"""Breaks a session on purpose, on a seeded schedule, and checks that nothing is lost. Nothing else imports it.

``hms chaos`` runs it all; ``hms_kernel.testing`` has what anybody can use on a workbench.
"""
