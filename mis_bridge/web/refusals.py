"""Why a page is not shown: the status and what the person is told, in both languages."""

from __future__ import annotations

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words


class PageRefused(Problem):
    """Root of the reasons for which a page is not shown; `status` is the HTTP status."""

    status = 400
    title = Words("This cannot be done", "Nid oes modd gwneud hyn")


class NotSignedIn(PageRefused):
    """There is no session: pages are reached from the MIS."""

    status = 401
    title = Words("Open the tool from your MIS", "Agorwch yr offeryn o'ch MIS")

    def __init__(self) -> None:
        super().__init__(
            Words(
                "You are not signed in, or your session is over. Go back to your MIS and open the "
                "tool from there.",
                "Nid ydych wedi mewngofnodi, neu mae'ch sesiwn ar ben. Ewch yn ôl i'ch MIS ac "
                "agorwch yr offeryn oddi yno.",
            )
        )


class RoleMissing(PageRefused):
    """The person is known and has no role for this page."""

    status = 403
    title = Words("You cannot open this page", "Ni allwch agor y dudalen hon")

    def __init__(self) -> None:
        super().__init__(
            Words(
                "Your role does not include this page. The head teacher or the local authority can "
                "give you another role.",
                "Nid yw eich rôl yn cynnwys y dudalen hon. Gall y pennaeth neu'r awdurdod lleol "
                "roi rôl arall i chi.",
            )
        )


class NotFoundPage(PageRefused):
    """There is no such page, or it is not the visitor's: the answer is the same."""

    status = 404
    title = Words("Page not found", "Heb ddod o hyd i'r dudalen")

    def __init__(self) -> None:
        super().__init__(
            Words(
                "There is no such page here. Go back to the list of tasks.",
                "Nid oes tudalen o'r fath yma. Ewch yn ôl i'r rhestr dasgau.",
            )
        )


class FormNotOurs(PageRefused):
    """A form came without the session's token, or from another site."""

    status = 403
    title = Words("The form was not accepted", "Ni dderbyniwyd y ffurflen")

    def __init__(self) -> None:
        super().__init__(
            Words(
                "The form did not come from this page as it was opened. Nothing was changed: open "
                "the page again and send the form once more.",
                "Ni ddaeth y ffurflen o'r dudalen hon fel yr agorwyd hi. Ni newidiwyd dim: agorwch "
                "y dudalen eto ac anfonwch y ffurflen unwaith yn rhagor.",
            )
        )


class FieldsNotExpected(PageRefused):
    """A form held a field that it does not have."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            Words(
                "The form held something that it does not ask for. Nothing was changed: open the "
                "page again and send the form once more.",
                "Roedd y ffurflen yn cynnwys rhywbeth nad yw'n gofyn amdano. Ni newidiwyd dim: "
                "agorwch y dudalen eto ac anfonwch y ffurflen unwaith yn rhagor.",
            )
        )
