"""The codes of tests: what may be wrong with how they are written, and that one fails."""

from runtime.base.diagnostic import Code

NAMES_NOTHING = Code(
    "T101",
    "A test names what is not there",
    "A test names modules, fields, roles, tools, workflows and filters of the configuration, and records "
    "that it gives itself: `accounts.acme` under `given` is `=acme` in values and `acme` in expressions.",
)
MISFIT = Code(
    "T102",
    "A value of a test does not fit its field",
    "Values are written as REST takes them, or as an expression behind an `=`.",
)
NO_ACTION = Code(
    "T103",
    "There is no such action in a test",
    "`when` has one action, or a list of them: `{update: deal, set: {stage: won}}`, `{create: "
    "potentials.deal, set: {…}}`, `{delete: deal}`, `{restore: deal}`, `{tool: make_order, on: deal, "
    "inputs: {…}}`, `{run: workflow, on: deal}`, `{advance: 3 days}`. Each may have an `as` of its own.",
)
NO_EXPECTATION = Code(
    "T104",
    "There is no such expectation in a test",
    "`then` is a list of expressions, such as `deal.stage == 'won'` or `mails == 0`, and of maps: `{about: "
    "deal, holds: count(items) == 2}`, `{can: {update: deal}}`, `{cannot: {delete: deal}}`, "
    "`{sees: {deal: [amount]}}`, "
    "`{hides: {deal: [lost_reason]}}`, `{finds: {potentials.open: [deal]}}`, `{refused: amount}`, "
    "`{mailed: {to: ada@acme.example}}`.",
)
NO_MOMENT = Code(
    "T105",
    "A moment or a duration cannot be read",
    "`at` is a day or a moment of the site's time zone, 2026-03-02 or 2026-03-02 09:30; `advance` is a "
    "duration such as 3 days, or 1 hour 30 minutes.",
)
FAILED = Code(
    "T201",
    "A test fails",
    "What the test says does not hold. What was got stands beside it, with the values that it read.",
)

CODES = (NAMES_NOTHING, MISFIT, NO_ACTION, NO_EXPECTATION, NO_MOMENT, FAILED)
