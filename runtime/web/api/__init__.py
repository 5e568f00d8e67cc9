"""REST: every module of the catalog as resources under ``/api/v1``, generic over whatever the catalog says.

Entry: :func:`runtime.web.api.routes.api_routes`. ``caller`` tells who asks, ``endpoint`` refuses in one form;
``json_body`` and ``parameters`` read a request strictly; ``shape`` and ``related`` say what an answer has;
``openapi`` describes it all from the live catalog. What an address does is one file (``listing``, ``record``,
``batch``, ``files``): functions of a call. They read through the one query, and write through the one writer.
"""
