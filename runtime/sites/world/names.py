"""Names of people, companies and streets in Finland and in Britain, drawn once by Faker and then combined."""

from collections.abc import Mapping
from dataclasses import dataclass

from faker import Faker

from runtime.sites.world.chance import SEED, Chance

POOL = 240
"""How many first names, last names and streets of a country there are to combine."""

FINNISH, BRITISH = "fi_FI", "en_GB"

CITIES: Mapping[str, tuple[tuple[str, str], ...]] = {
    FINNISH: (
        ("00100", "Helsinki"),
        ("00510", "Helsinki"),
        ("02150", "Espoo"),
        ("01530", "Vantaa"),
        ("33100", "Tampere"),
        ("33720", "Tampere"),
        ("20100", "Turku"),
        ("90100", "Oulu"),
        ("40100", "Jyväskylä"),
        ("70100", "Kuopio"),
        ("15110", "Lahti"),
        ("28100", "Pori"),
        ("65100", "Vaasa"),
        ("80100", "Joensuu"),
        ("53100", "Lappeenranta"),
        ("13100", "Hämeenlinna"),
        ("60100", "Seinäjoki"),
        ("96100", "Rovaniemi"),
        ("06100", "Porvoo"),
        ("48100", "Kotka"),
        ("22100", "Maarianhamina"),
    ),
    BRITISH: (
        ("EC2A 4NE", "London"),
        ("SE1 9GF", "London"),
        ("M1 4BT", "Manchester"),
        ("B3 2DT", "Birmingham"),
        ("LS1 5HD", "Leeds"),
        ("EH2 4LH", "Edinburgh"),
        ("G2 1DY", "Glasgow"),
        ("BS1 6QF", "Bristol"),
        ("L3 4AF", "Liverpool"),
        ("CF10 1EP", "Cardiff"),
        ("NE1 4LF", "Newcastle"),
        ("NR1 3QU", "Norwich"),
    ),
}
COUNTRIES = {FINNISH: "FI", BRITISH: "GB"}
TRADES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "manufacturing": (("Konepaja", "Metalli", "Tekniikka"), ("Engineering", "Manufacturing", "Castings")),
    "technology": (("Ohjelmistot", "Data", "Digi"), ("Software", "Systems", "Networks")),
    "retail": (("Kauppa", "Tukku", "Tarvike"), ("Trading", "Stores", "Wholesale")),
    "construction": (("Rakennus", "Talotekniikka", "Maanrakennus"), ("Construction", "Builders", "Roofing")),
    "real_estate": (("Kiinteistöt", "Isännöinti"), ("Estates", "Property")),
    "energy": (("Energia", "Sähkö", "Lämpö"), ("Energy", "Power")),
    "logistics": (("Kuljetus", "Logistiikka", "Varasto"), ("Logistics", "Haulage", "Freight")),
    "finance": (("Vakuutus", "Tilipalvelu"), ("Finance", "Insurance")),
    "health": (("Lääkäripalvelut", "Hoiva", "Hammas"), ("Health", "Care", "Dental")),
    "education": (("Koulutus", "Valmennus"), ("Training", "Learning")),
    "media": (("Media", "Mainostoimisto", "Paino"), ("Media", "Press", "Design")),
    "travel": (("Matkat", "Hotellit", "Ravintolat"), ("Travel", "Hotels", "Catering")),
    "agriculture": (("Metsä", "Puutarha", "Maatila"), ("Farms", "Forestry")),
    "services": (("Konsultointi", "Asiantuntijat", "Palvelut"), ("Consulting", "Partners", "Services")),
}
"""Trades by industry, in Finnish and in English: what a company's name ends in."""
FORMS = {FINNISH: ("Oy", "Oy", "Oy", "Oy Ab", "Oyj"), BRITISH: ("Ltd", "Ltd", "plc", "& Sons Ltd")}
JOBS = (
    ("Chief executive", "managing_director"),
    ("Managing director", "managing_director"),
    ("Chief financial officer", "finance"),
    ("Financial controller", "finance"),
    ("Purchasing manager", "purchasing"),
    ("Buyer", "purchasing"),
    ("Sales director", "sales"),
    ("Marketing manager", "sales"),
    ("IT manager", "it"),
    ("Chief information officer", "it"),
    ("Production manager", "production"),
    ("Service manager", "production"),
    ("Head of people", "human_resources"),
    ("Office manager", "other"),
    ("Project manager", "production"),
)
LETTERS = str.maketrans("åäöÅÄÖ&' ", "aaoaao---")


@dataclass(frozen=True, slots=True)
class Country:
    """What names are made of in one country."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    streets: tuple[str, ...]


class Names:
    """Makes names. No two companies are called alike."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.countries = {locale: _country(locale) for locale in (FINNISH, BRITISH)}
        self.taken: set[str] = set()

    def locale(self) -> str:
        """A country: four of five companies are Finnish."""
        return FINNISH if self.chance.holds(0.8) else BRITISH

    def person(self, locale: str) -> tuple[str, str]:
        """A first and a last name."""
        country = self.countries[locale]
        return self.chance.one(country.first), self.chance.one(country.last)

    def company(self, locale: str, industry: str) -> str:
        """A company's name that none had before."""
        finnish, english = TRADES[industry]
        while True:
            last = self.chance.one(self.countries[locale].last)
            form = self.chance.one(FORMS[locale])
            if locale == FINNISH:
                name = f"{_finnish(last, self.chance.one(finnish))} {form}"
            else:
                name = f"{last} {self.chance.one(english)} {form}"
            if name in self.taken:
                first = self.chance.one(self.countries[locale].last)
                name = f"{first} & {name}"
            if name not in self.taken:
                self.taken.add(name)
                return name

    def address(self, locale: str) -> dict[str, str]:
        """A street with a number, a postal code, a city and a country."""
        postal_code, city = self.chance.one(CITIES[locale])
        street, number = self.chance.one(self.countries[locale].streets), self.chance.number(1, 120)
        written = f"{street} {number}" if locale == FINNISH else f"{number} {street}"
        return {"street": written, "postal_code": postal_code, "city": city, "country": COUNTRIES[locale]}

    def phone(self, locale: str, *, mobile: bool = False) -> str:
        """A number; the British ones are of the ranges that are kept for stories."""
        digits = f"{self.chance.number(0, 9999):04}"
        if locale == BRITISH:
            return f"+44 7700 90{digits}" if mobile else f"+44 20 7946 {digits}"
        return f"+358 40 555 {digits}" if mobile else f"+358 9 555 {digits}"


def word(name: str) -> str:
    """A name as a part of an address in the network."""
    plain = name.lower().translate(LETTERS).encode("ascii", "ignore").decode()
    return "-".join(filter(None, plain.split("-")))


def _finnish(last: str, trade: str) -> str:
    # Names in -nen and -la have a genitive without any other change: Virtasen Konepaja, Mattilan Tukku.
    if last.endswith("nen"):
        return f"{last[:-3]}sen {trade}"
    return f"{last}n {trade}" if last.endswith(("la", "lä")) else f"{trade} {last}"


def _country(locale: str) -> Country:
    faker = Faker(locale)
    faker.seed_instance(SEED)

    def draw(what: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(getattr(faker, what)()) for _ in range(POOL)))

    return Country(draw("first_name"), draw("last_name"), draw("street_name"))
