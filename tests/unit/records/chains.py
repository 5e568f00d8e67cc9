"""Packs whose computed fields follow each other over modules, and whose checks count over other records."""

CHAINS = {
    "pack.yaml": """
        title: Chains
        version: 1.0.0
        currency: EUR
        timezone: Europe/Helsinki
    """,
    "schemas/picklists/stages.yaml": """
        values:
          open: {kind: open, probability: 10}
          won:  {kind: won, probability: 100}
          lost: {kind: lost, probability: 0}
    """,
    "schemas/picklists/roles.yaml": """
        values:
          buyer: {}
          user:  {}
    """,
    "schemas/modules/regions.yaml": """
        label: Region
        plural: Regions
        title: name
        fields:
          name: {type: text, required: true}
          rate: {type: decimal}
    """,
    "schemas/modules/accounts.yaml": """
        label: Account
        plural: Accounts
        title: name
        search: [name, called]
        fields:
          name:     {type: text, required: true}
          industry: {type: text}
          region:   {type: text}
          above:    {type: relation, module: accounts, on_delete: clear, inverse: below}
          called:   {type: text, formula: "concat(name, ' of ', above.name)"}
          deals_n:  {type: integer, formula: count(deals)}
          won:      {type: money, formula: "sum(deals.amount, stage.kind == 'won')"}
          won_all:  {type: money, formula: won + sum(below.won)}
          latest:   {type: date, formula: max(deals.closed)}
          rate:     {type: decimal, formula: "lookup(regions, name == this.region, rate)"}
          buyers:   {type: integer, formula: "count(deals.people, link.role == 'buyer')"}
          is_big:   {type: boolean, formula: won_all > 1000}
          secret:   {type: integer, formula: count(deals) * 2, log: false}
    """,
    "schemas/modules/people.yaml": """
        label: Person
        plural: People
        title: name
        fields:
          name:  {type: text, required: true}
          score: {type: integer}
          sold:  {type: money, formula: sum(deals.amount)}
          best:  {type: text, formula: "first(deals.name, amount > 0, -amount)"}
    """,
    "schemas/modules/deals.yaml": """
        label: Deal
        plural: Deals
        title: name
        fields:
          name:     {type: text, required: true}
          amount:   {type: money}
          stage:    {type: picklist, picklist: stages, default: open}
          closed:   {type: date}
          account:  {type: relation, module: accounts, on_delete: clear, inverse: deals}
          people:
            type: relations
            module: people
            inverse: deals
            link: {role: {type: picklist, picklist: roles}}
          industry: {type: text, formula: account.industry}
          weighted: {type: money, formula: amount * stage.probability / 100}
          share:    {type: decimal, scale: 4, formula: amount / account.won}
          top:      {type: text, formula: "concat(account.called, '/', account.above.name)"}
          scores:   {type: integer, formula: sum(people.score)}
          total:    {type: money, formula: sum(lines.total)}
          alone:    {type: boolean, formula: is_empty(people)}
          rank:     {type: integer, formula: "count(account.deals, amount > this.amount)"}
        rows:
          lines: {module: deal_lines}
    """,
    "schemas/modules/deal_lines.yaml": """
        label: Line
        plural: Lines
        title: name
        fields:
          name:   {type: text}
          price:  {type: money}
          amount: {type: integer}
          total:  {type: money, formula: price * amount}
          of:     {type: text, formula: "concat(parent.name, ': ', name)"}
          part:   {type: percent, formula: total / parent.total * 100}
    """,
}

COMPUTED = {
    "accounts": ("called", "deals_n", "won", "won_all", "latest", "rate", "buyers", "is_big", "secret"),
    "people": ("sold", "best"),
    "deals": ("industry", "weighted", "share", "top", "scores", "total", "alone", "rank"),
    "deal_lines": ("total", "of", "part"),
}

BOOKINGS = {
    "pack.yaml": """
        title: Bookings
        version: 1.0.0
        currency: EUR
        timezone: Europe/Helsinki
    """,
    "schemas/modules/prices.yaml": """
        label: Price
        plural: Prices
        title: name
        fields:
          name:  {type: text, required: true}
          price: {type: money}
    """,
    "schemas/modules/events.yaml": """
        label: Event
        plural: Events
        title: name
        fields:
          name:     {type: text, required: true}
          capacity: {type: integer}
          kind:     {type: text, readonly: =exists(bookings)}
          reason:   {type: text, required: "=sum(bookings.seats) > 100"}
          booked:   {type: integer, formula: sum(bookings.seats)}
        checks:
          enough:
            check: is_empty(capacity) or booked <= capacity
            message: More seats are booked than that.
            guard: true
          no_twins:
            check: not exists(bookings, name == 'twin') or count(bookings) < 2
            message: A twin comes alone.
            guard: true
    """,
    "schemas/modules/bookings.yaml": """
        label: Booking
        plural: Bookings
        title: name
        lock: [event]
        fields:
          name:  {type: text, unique: true}
          event: {type: relation, module: events, inverse: bookings}
          seats: {type: integer, default: 1}
          tier:  {type: text}
          place: {type: integer}
          price: {type: money, default: "=lookup(prices, name == this.tier, price)"}
          note:  {type: text}
        checks:
          few:  {check: "count(event.bookings, name != 'x') <= 3", message: Three bookings at most.}
          seat: {check: is_empty(event) or event.booked <= 10, message: An event has ten seats at most.}
    """,
    "formulas/bookings.yaml": """
        place: {field: place, run: [create], value: count(event.bookings)}
        note:  {field: note, value: "concat('place ', text(place))"}
    """,
}
