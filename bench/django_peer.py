"""A peer beside us: Django's admin and Django REST framework over the floor's tables, in one file.

``DJANGO_DATABASE`` is the address of the database, as SQLAlchemy writes it. ``python -m bench.django_peer``
makes Django's own tables and a superuser, and prints the cookie of its session and its token for the API.
"""

import os
import sys
from typing import Any

import django
from django.conf import settings
from sqlalchemy.engine import make_url


def _database(address: str) -> dict[str, Any]:
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        options = {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", "timeout": 30}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.database, "OPTIONS": options}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.database,
        "USER": "postgres",
        "HOST": str(url.query["host"]),
        "CONN_MAX_AGE": None,
    }


settings.configure(
    SECRET_KEY="bench",
    DEBUG=False,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": _database(os.environ["DJANGO_DATABASE"])},
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "rest_framework",
        "rest_framework.authtoken",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    STATIC_URL="/static/",
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.DjangoModelPermissions"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
        "PAGE_SIZE": 50,
    },
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import include, path  # noqa: E402
from rest_framework import decorators, response, routers, serializers, viewsets  # noqa: E402

STAGES = ("prospecting", "qualification", "proposal", "negotiation", "won", "lost")
TYPES = ("new_business", "renewal", "expansion")


class Account(models.Model):
    """An account."""

    name = models.TextField()

    class Meta:
        """Its table is the floor's."""

        app_label, db_table, managed = "auth", "floor_accounts", False

    def __str__(self) -> str:
        return str(self.name)


class Deal(models.Model):
    """A deal."""

    name = models.CharField(max_length=120)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    stage = models.CharField(max_length=40, choices=[(key, key.title()) for key in STAGES])
    deal_type = models.CharField(max_length=40, choices=[(key, key.title()) for key in TYPES])
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="USD")
    close_date = models.DateField(null=True, blank=True)
    owner = models.CharField(max_length=80, default="Ana")
    priority = models.CharField(max_length=20, null=True, blank=True)
    next_step = models.CharField(max_length=200, null=True, blank=True)
    description = models.TextField(null=True, blank=True)

    class Meta:
        """Its table is the floor's."""

        app_label, db_table, managed = "auth", "floor_deals", False
        verbose_name = "deal"

    def __str__(self) -> str:
        return str(self.name)


@admin.register(Deal)
class DealAdmin(admin.ModelAdmin):  # type: ignore[misc]
    """The same list: eight columns, two conditions, sorted by date."""

    list_display = ("name", "account", "stage", "deal_type", "amount", "close_date", "owner", "priority")
    list_select_related = ("account",)
    list_filter = ("deal_type", "stage")
    list_per_page = 50
    ordering = ("-close_date", "-id")
    search_fields = ("name",)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """The amount may be filtered by, too."""
        return True


class DealSerializer(serializers.ModelSerializer):  # type: ignore[misc]
    """Every field."""

    class Meta:
        """Of a deal."""

        model, fields = Deal, "__all__"


class Deals(viewsets.ModelViewSet):  # type: ignore[misc]
    """The API of deals, and an import written by hand."""

    queryset = Deal.objects.select_related("account").order_by("-close_date", "-id")
    serializer_class = DealSerializer

    @decorators.action(detail=False, methods=["post"])
    def bulk(self, request: Any) -> Any:
        """Deals by the thousand: each value checked, all of them written at once."""
        rows = DealSerializer(data=request.data, many=True)
        rows.is_valid(raise_exception=True)
        Deal.objects.bulk_create([Deal(**values) for values in rows.validated_data], batch_size=1000)
        return response.Response({"created": len(rows.validated_data)}, status=201)

    @decorators.action(detail=False)
    def by_stage(self, request: Any) -> Any:
        """The amounts of each stage."""
        sums = Deal.objects.values("stage").annotate(sum=models.Sum("amount")).order_by("stage")
        return response.Response(list(sums))


router = routers.DefaultRouter()
router.register("deals", Deals)
urlpatterns = [path("admin/", admin.site.urls), path("api/", include(router.urls))]
application = get_wsgi_application()


def prepare() -> tuple[str, str]:
    """Make Django's tables and a superuser; the cookie of its session, and its token."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client
    from rest_framework.authtoken.models import Token

    call_command("migrate", verbosity=0)
    user = get_user_model().objects.create_superuser("bench", "bench@example.com", "bench")
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value, Token.objects.create(user=user).key


if __name__ == "__main__":
    print(*prepare(), file=sys.stdout)
