"""The web: every URL, the screens, the REST API, and what keeps them safe.

Entry: :func:`runtime.web.app.build`. ``routes`` has every URL on one page, each with who may come in;
``door`` turns a
request into a call on a worker thread; ``render`` draws templates; ``pages``, ``admin`` and ``api`` answer.
There is no
route and no code per module. Starlette stays in this room.
"""
