"""Every address of the API on one page, each with its methods and with who may come in."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from runtime.sites.site import Site
from runtime.web import metrics
from runtime.web.api import batch, files, listing, operations, record, tools
from runtime.web.api.answers import MEDIA_TYPE
from runtime.web.api.endpoint import Api, Call, Endpoint, Handler
from runtime.web.api.parameters import read_none
from runtime.web.door import Policy
from runtime.web.errors import not_found
from runtime.web.threads import Threads

SIGNED_IN, ADMIN = Policy.SIGNED_IN, Policy.ADMIN


def openapi(call: Call) -> Response:
    """The document of the API, of the catalog as it is now and as the caller sees it."""
    read_none(call.request.query_params)
    return Response(call.prepared.openapi(call.actor), media_type=MEDIA_TYPE)


def nothing(call: Call) -> Response:
    """What no other address is."""
    raise not_found()


ADDRESSES: tuple[tuple[str, Mapping[str, Handler], Policy], ...] = (
    ("/api/v1/openapi.json", {"GET": openapi}, SIGNED_IN),
    ("/api/v1/files/{id}/content", {"GET": files.content}, SIGNED_IN),
    ("/api/operations/{id}", {"GET": operations.show}, SIGNED_IN),
    ("/api/v1/{module}", {"GET": listing.show, "POST": record.create}, SIGNED_IN),
    ("/api/v1/{module}/batch", {"POST": batch.run}, SIGNED_IN),
    (
        "/api/v1/{module}/{id}",
        {"GET": record.show, "PATCH": record.change, "DELETE": record.delete},
        SIGNED_IN,
    ),
    ("/api/v1/{module}/{id}/restore", {"POST": record.restore}, SIGNED_IN),
    ("/api/v1/{module}/{id}/tools/{tool}", {"POST": tools.use}, SIGNED_IN),
    ("/api/v1/{module}/{id}/files", {"GET": files.show, "POST": files.add}, SIGNED_IN),
    ("/api/{rest:path}", {"GET": nothing, "POST": nothing, "PATCH": nothing, "DELETE": nothing}, SIGNED_IN),
)
"""Address, handler by method, policy."""

BESIDE: tuple[tuple[str, Mapping[str, Handler], Policy], ...] = (("/metrics", {"GET": metrics.show}, ADMIN),)
"""The same of what is for programs, and no part of the API that its document describes."""


def api_routes(site: Site, threads: Threads) -> list[BaseRoute]:
    """The API's routes for one site."""
    api = Api(site, threads)
    return [
        Route(address, Endpoint(api, handlers, policy, uploads=address.endswith("/files")))
        for address, handlers, policy in (*ADDRESSES, *BESIDE)
    ]
