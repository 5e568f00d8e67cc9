"""What of profiles can only be asked once tools and workflows are there: the tools that they name."""

from runtime.language.draft import Draft
from runtime.model.access import ANY
from runtime.model.workflow import Workflow


def check_tool_rights(draft: Draft) -> None:
    """Note the tools of profiles, and the names of tools, that cannot be."""
    for key, tree in draft.trees.get("profiles", {}).items():
        written = tree.map("tools")
        for name, node in written.keys.items() if written else ():
            module, _, tool = name.partition(".")
            known = {*draft.tools.get(module, {}), *_by_hand(draft, module), ANY}
            if name == ANY or (module in draft.modules and tool in known):
                continue
            if not draft.is_broken("tools", module, tool) and not draft.is_broken("workflows", tool):
                all_of = [f"{one}.{each}" for one in draft.modules for each in draft.tools.get(one, {})]
                draft.note("unknown_tool", name, node, ("profiles", key, "tools", name), all_of)
    for module, tools in draft.tools.items():
        for key in tools.keys() & _by_hand(draft, module).keys():
            about = f'the workflow "{key}" runs by hand, too, and has a button of this name'
            draft.note("tool", about, draft.span(("tools", module, key), key=True), ("tools", module, key))


def _by_hand(draft: Draft, module: str) -> dict[str, Workflow]:
    """The workflows of a module that have a button."""
    return {key: each for key, each in draft.workflows.items() if each.module == module and each.by_hand}
