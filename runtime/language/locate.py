"""Where each character of a scalar's value stands in the file, whatever YAML did to the text in between."""

import re
from collections.abc import Iterator

BREAK = re.compile(r"[ ]*\r?\n(?:[ ]*\r?\n)*[ ]*")
ESCAPES = {"x": 4, "u": 6, "U": 10}
"""How many characters the longer escapes of a double-quoted text take, the backslash included."""


def offsets_in_file(written: str, value: str, style: str) -> list[int]:
    """For each character of ``value`` its offset in ``written``, the scalar as it stands in the file.

    YAML folds lines, strips indentation and undoes escapes; the two texts are walked side by side. Where
    they cannot be brought together (a chomped line end, say), the place of the character before is given.
    """
    if not style and written == value:
        return list(range(len(value)))
    pairs = list(_block(written) if style in ("|", ">") else _flow(written, style))
    places: list[int] = []
    position = 0
    for character in value:
        while position < len(pairs):
            read, offset = pairs[position]
            if read is None or read == character or (read == "\n" and character == " "):
                places.append(offset)
                position += 1
                break
            if read != "\n":
                places.append(offset)
                break
            position += 1
        else:
            places.append(places[-1] if places else 0)
    return places


def _flow(written: str, style: str) -> Iterator[tuple[str | None, int]]:
    """The characters of a plain or quoted scalar with their offsets; None stands for an escaped one."""
    position = 1 if style else 0
    end = len(written) - position
    while position < end:
        character = written[position]
        if character in " \r\n" and (found := BREAK.match(written, position)):
            for _ in range(found.group().count("\n")):
                yield "\n", position
            position = found.end()
        elif style == '"' and character == "\\":
            following = written[position + 1 : position + 2]
            if following in ("\n", "\r"):
                position = _after_line_end(written, position + 1)
            else:
                yield None, position
                position += ESCAPES.get(following, 2)
        elif style == "'" and written.startswith("''", position):
            yield "'", position
            position += 2
        else:
            yield character, position
            position += 1


def _after_line_end(written: str, position: int) -> int:
    found = BREAK.match(written, position)
    return found.end() if found else position + 1


def _block(written: str) -> Iterator[tuple[str | None, int]]:
    """The characters of a block scalar's lines, their indentation left out, with their offsets."""
    header, _, body = written.partition("\n")
    start = len(header) + 1
    lines = body.split("\n")
    indent = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    for line in lines:
        for column, character in enumerate(line.removesuffix("\r")[indent:], indent):
            yield character, start + column
        yield "\n", start + len(line)
        start += len(line) + 1
