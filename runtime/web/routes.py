"""Every URL of the site on one page, each with its handler and with who may come in."""

from collections.abc import Callable
from functools import partial

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from runtime.web import preview
from runtime.web.admin import (
    access,
    change_plan,
    change_revision,
    change_run,
    changes,
    diagnostics,
    runs,
    setup,
    source,
    workbench,
    workflows,
)
from runtime.web.api.routes import api_routes
from runtime.web.door import Call, Door, Policy
from runtime.web.health import Health
from runtime.web.pages import (
    api_page,
    columns,
    create,
    delete,
    explain,
    exporting,
    favourites,
    files,
    form,
    home,
    importing,
    inline,
    linking,
    operation,
    operations,
    password_link,
    picker,
    process,
    profile,
    quick_view,
    record,
    rules,
    search,
    second_step,
    session,
    single_sign_on,
    undo,
)
from runtime.web.pages import bin as bin_
from runtime.web.pages import filter as filter_
from runtime.web.pages import list as list_
from runtime.web.pages.screen import Screen
from runtime.web.static_files import StaticFiles

ANYONE, SIGNED_IN, ADMIN, HIDDEN = Policy.ANYONE, Policy.SIGNED_IN, Policy.ADMIN, Policy.HIDDEN
GET, POST = "GET", "POST"
Page = Callable[[Screen, Call], Response]

PAGES: tuple[tuple[str, str, Page, Policy], ...] = (
    (GET, "/", home.go_home, ANYONE),
    (GET, "/signin", session.show, ANYONE),
    (POST, "/signin", session.sign_in, ANYONE),
    (GET, "/signin/code", second_step.show, ANYONE),
    (POST, "/signin/code", second_step.enter, ANYONE),
    (POST, "/signin/code/again", second_step.mail_again, ANYONE),
    (GET, "/signin/forgotten", password_link.ask, ANYONE),
    (POST, "/signin/forgotten", password_link.mail, ANYONE),
    (GET, "/signin/password", password_link.show, ANYONE),
    (POST, "/signin/password", password_link.choose, ANYONE),
    (GET, "/signin/with/{provider}", single_sign_on.begin, ANYONE),
    (GET, "/signin/with/{provider}/back", single_sign_on.finish, ANYONE),
    (POST, "/signout", session.sign_out, SIGNED_IN),
    (POST, "/theme", session.theme, SIGNED_IN),
    (POST, "/undo/{id:int}", undo.undo, SIGNED_IN),
    (GET, "/app", home.show, SIGNED_IN),
    (GET, "/app/files/{id:int}/content", files.download, SIGNED_IN),
    (GET, "/api", api_page.show, SIGNED_IN),
    (GET, "/app/files/{id:int}/preview/{size}", preview.show, SIGNED_IN),
    (GET, "/search", search.show, SIGNED_IN),
    (GET, "/search/palette", search.palette, SIGNED_IN),
    (GET, "/profile", profile.show, SIGNED_IN),
    (POST, "/profile", profile.save, SIGNED_IN),
    (POST, "/profile/password", profile.password, SIGNED_IN),
    (GET, "/profile/keyboard", profile.keyboard, SIGNED_IN),
    (GET, "/profile/favourites", favourites.menu, SIGNED_IN),
    (GET, "/operations", operations.mine, SIGNED_IN),
    (GET, "/app/{module}", list_.show, SIGNED_IN),
    (GET, "/operations/{id:int}", operation.show, SIGNED_IN),
    (POST, "/operations/{id:int}/cancel", operation.cancel, SIGNED_IN),
    (POST, "/operations/{id:int}/resume", operation.resume, SIGNED_IN),
    (POST, "/operations/{id:int}/undo", operation.undo, SIGNED_IN),
    (GET, "/app/{module}/bin", bin_.show, SIGNED_IN),
    (GET, "/app/{module}/export", exporting.ask, SIGNED_IN),
    (POST, "/app/{module}/export", exporting.export, SIGNED_IN),
    (GET, "/app/{module}/import", importing.ask, SIGNED_IN),
    (POST, "/app/{module}/import", importing.upload, SIGNED_IN),
    (GET, "/app/{module}/import/map", importing.show_map, SIGNED_IN),
    (POST, "/app/{module}/import/map", importing.save_map, SIGNED_IN),
    (POST, "/app/{module}/import/start", importing.start, SIGNED_IN),
    (GET, "/app/{module}/new", form.new, SIGNED_IN),
    (POST, "/app/{module}/new", form.create, SIGNED_IN),
    (POST, "/app/{module}/new/rules", rules.of_new, SIGNED_IN),
    (GET, "/app/{module}/columns", columns.show, SIGNED_IN),
    (POST, "/app/{module}/columns", columns.save, SIGNED_IN),
    (GET, "/app/{module}/filter", filter_.show, SIGNED_IN),
    (POST, "/app/{module}/filter", filter_.change, SIGNED_IN),
    (POST, "/app/{module}/filter/check", filter_.check, SIGNED_IN),
    (POST, "/app/{module}/filter/default", filter_.begin, SIGNED_IN),
    (GET, "/app/{module}/create", create.show, SIGNED_IN),
    (POST, "/app/{module}/create", create.create, SIGNED_IN),
    (GET, "/app/{module}/pick", picker.any_of, SIGNED_IN),
    (GET, "/app/{module}/pick/{field}", picker.show, SIGNED_IN),
    (GET, "/app/{module}/{id:int}/link/{collection}", linking.ask, SIGNED_IN),
    (POST, "/app/{module}/{id:int}/link/{collection}", linking.link, SIGNED_IN),
    (GET, "/app/{module}/{id:int}/unlink/{collection}/{other:int}", linking.ask_unlink, SIGNED_IN),
    (POST, "/app/{module}/{id:int}/unlink/{collection}/{other:int}", linking.unlink, SIGNED_IN),
    (GET, "/app/{module}/{id:int}", record.show, SIGNED_IN),
    (GET, "/app/{module}/{id:int}/edit", form.edit, SIGNED_IN),
    (POST, "/app/{module}/{id:int}/edit", form.update, SIGNED_IN),
    (POST, "/app/{module}/{id:int}/rules", rules.of_record, SIGNED_IN),
    (POST, "/app/{module}/{id:int}/process", process.step, SIGNED_IN),
    (POST, "/app/{module}/{id:int}/star", favourites.star, SIGNED_IN),
    (POST, "/app/{module}/{id:int}/files", files.add, SIGNED_IN),
    (GET, "/app/{module}/{id:int}/files/{file:int}/remove", files.ask_removal, SIGNED_IN),
    (POST, "/app/{module}/{id:int}/files/{file:int}/remove", files.remove, SIGNED_IN),
    (GET, "/app/{module}/{id:int}/quick", quick_view.show, SIGNED_IN),
    (GET, "/app/{module}/{id:int}/field/{field}", inline.show, SIGNED_IN),
    (POST, "/app/{module}/{id:int}/field/{field}", inline.save, SIGNED_IN),
    (GET, "/app/{module}/{id:int}/explain/{field}", explain.show, SIGNED_IN),
    (GET, "/app/{module}/{id:int}/delete", delete.ask, SIGNED_IN),
    (POST, "/app/{module}/{id:int}/delete", delete.delete, SIGNED_IN),
    (POST, "/app/{module}/{id:int}/restore", delete.restore, SIGNED_IN),
    (GET, "/admin/setup", setup.show, ADMIN),
    (GET, "/admin/access", access.show, ADMIN),
    (GET, "/admin/source", source.show, ADMIN),
    (GET, "/admin/workbench", workbench.show, ADMIN),
    (GET, "/admin/workbench/answer", workbench.answer, ADMIN),
    (GET, "/admin/workbench/names", workbench.names, ADMIN),
    (GET, "/admin/workbench/records/{module}", workbench.records, ADMIN),
    (GET, "/admin/diagnostics", diagnostics.show, ADMIN),
    (GET, "/admin/operations", operations.everybodys, ADMIN),
    (GET, "/admin/workflows", workflows.show, ADMIN),
    (GET, "/admin/workflows/{key}", workflows.show_one, ADMIN),
    (POST, "/admin/workflows/{key}/switch", workflows.switch, ADMIN),
    (GET, "/admin/runs", runs.show, ADMIN),
    (GET, "/admin/runs/{id:int}", runs.show_one, ADMIN),
    (POST, "/admin/runs/{id:int}/cancel", runs.cancel, ADMIN),
    (POST, "/admin/runs/{id:int}/resume", runs.resume, ADMIN),
    (POST, "/admin/runs/{id:int}/again", runs.again, ADMIN),
    (GET, "/admin/changes", changes.show, HIDDEN),
    (GET, "/admin/changes/plan", change_plan.show, HIDDEN),
    (POST, "/admin/changes/plan", change_plan.apply, HIDDEN),
    (GET, "/admin/changes/kept", change_revision.kept, HIDDEN),
    (POST, "/admin/changes/give-up", change_run.give_up_now, HIDDEN),
    (GET, "/admin/changes/runs/{id:int}", change_run.show, HIDDEN),
    (POST, "/admin/changes/runs/{id:int}/cancel", change_run.cancel, HIDDEN),
    (GET, "/admin/changes/{id:int}", change_revision.show, HIDDEN),
    (GET, "/admin/changes/{id:int}/file", change_revision.file, HIDDEN),
    (GET, "/admin/changes/{id:int}/rollback", change_plan.show_rollback, HIDDEN),
    (POST, "/admin/changes/{id:int}/rollback", change_plan.roll_back, HIDDEN),
)
"""Method, address, handler, policy."""


def routes(door: Door, screen: Screen) -> list[BaseRoute]:
    """The site's routes: the screens, REST, what is static, and the health check."""
    pages = [
        Route(address, door(partial(page, screen), policy), methods=[method])
        for method, address, page, policy in PAGES
    ]
    return [
        Route("/health", Health(door.site), methods=[GET]),
        Mount(screen.renderer.static, StaticFiles(), name="static"),
        *api_routes(door.site, door.threads),
        *pages,
    ]
