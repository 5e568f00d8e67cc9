"""What an expression names."""

from runtime.expressions import Scope
from runtime.expressions.references import paths, references


def test_every_step_of_a_path_is_named(parse):
    named = references(
        parse("account.parent_account.industry.kind == 'service' and stage in ['won', 'lost']").tree
    )
    assert named.fields == {
        ("deals", "account"),
        ("accounts", "parent_account"),
        ("accounts", "industry"),
        ("deals", "stage"),
    }
    assert named.values == {("stage", "won"), ("stage", "lost")}


def test_paths_say_what_must_be_fetched_once_each(parse):
    found = paths(parse("account.name == 'a' or account.name == 'b' or user in members").tree)
    assert [path.text for path in found] == ["account.name", "members"]


def test_a_path_over_an_owner_is_fetched_from_each_module_that_has_it(parse):
    found = paths(parse("owner.name == 'a' or owner.email == 'b'").tree)
    assert [(path.text, path.field.module) for path in found] == [
        ("owner.name", "users"),
        ("owner.name", "groups"),
        ("owner.email", "users"),
    ]


def test_the_outer_record_is_fetched_apart(parse, scope):
    within = Scope(scope.modules, scope.picklists, "accounts", this="deals")
    tree = parse("owner == this.owner", within=within).tree
    assert [path.fields[0].module for path in paths(tree)] == ["accounts"]
    assert [path.fields[0].module for path in paths(tree, outer=True)] == ["deals"]
