"""The design page: every piece that pages are made of, at work, with when it is used. Pages are held against it."""

from __future__ import annotations

from tandem.interfaces.http.response import Response
from tandem.interfaces.web import design_pictures
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import Views, Visit


async def design(visit: Visit) -> Response:
    """All pieces on one page."""
    return visit.show(
        "design.html", form=Form("need.pose", visit.lang), pictures=design_pictures.all_of(visit.lang)
    )


VIEWS: Views = {("GET", "/design"): design}
