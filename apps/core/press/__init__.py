"""Setting documents as PDF: parts side by side on several processes, then joined into one file.

A document is HTML with the marker `<!-- next part -->` between parts, each of which begins on a new page. What stands
before the first marker belongs to every part: running elements that print no content of their own. The first part may
print page numbers of all (see `parts`). The cut is the document's own, so the bytes are the same however many processes
there are.

Nothing here knows Django: it runs in a process of its own (`python -m apps.core.press`), so that WeasyPrint's time and
memory are neither the portal's nor a Celery worker's.
"""
