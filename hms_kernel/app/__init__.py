"""The dashboard and the course as pages of their own. Starts servers; what they show is made elsewhere.

``dashboard.ipynb`` is what Voilà shows; the folder ``jupyter`` holds its template.
"""
