"""Bar codes as drawings: EAN-13, EAN-8, UPC-A, Code 128 (set B) and QR.

The patterns are those of ISO/IEC 15420 (EAN and UPC) and ISO/IEC 15417 (Code 128).
"""

from dataclasses import dataclass

QUIET = 10
"""Modules of white on either side."""
HEIGHT = 60
"""Modules that a bar is high."""

_LEFT = "0001101001100100100110111101010001101100010101111011101101101110001011"
"""Seven modules for each digit."""
_PARITY = "LLLLLLLLGLGGLLGGLGLLGGGLLGLLGGLGGLLGLGGGLLLGLGLGLGLGGLLGGLGL"
"""Six kinds of patterns, left of the middle, for each first digit."""
_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132"
    "122231113222123122123221223211221132221231213212223112312131311222321122321221312212"
    "322112322211212123212321232121111323131123131321112313132113132311211313231113231311"
    "112133112331132131113123113321133121313121211331231131213113213311213131311123311321"
    "331121312113312311332111314111221411431111111224111422121124121421141122141221112214"
    "112412122114122411142112142211241211221114413111241112134111111242121142121241114212"
    "124112124211411212421112421211212141214121412121111143111341131141114113114311411113"
    "411311113141114131311141411131211412211214211232"
)
"""Six widths, of bars and spaces in turn, for each value of Code 128."""
_START_B = 104
_STOP = "2331112"


@dataclass(frozen=True, slots=True)
class Drawing:
    """An image of black on white: its size, and the path of what is black, as SVG writes it."""

    width: int
    height: int
    path: str


def check_digit(digits: str) -> str:
    """The last digit of an EAN or UPC whose others these are (GS1's modulo 10)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def draw(format_: str, text: str) -> Drawing:
    """The drawing of a text that fits the format."""
    if format_ == "qr":
        return _qr(text)
    modules = {
        "ean13": _ean13,
        "ean8": _ean8,
        "upc": lambda digits: _ean13(f"0{digits}"),
        "code128": _code128,
    }
    return _bars(modules[format_](text))


def _ean13(digits: str) -> str:
    left = "".join(
        _digit(digit, kind)
        for digit, kind in zip(digits[1:7], _symbol(_PARITY, int(digits[0]), 6), strict=True)
    )
    return f"101{left}01010{''.join(_digit(digit, 'R') for digit in digits[7:])}101"


def _ean8(digits: str) -> str:
    left, right = digits[:4], digits[4:]
    return (
        f"101{''.join(_digit(digit, 'L') for digit in left)}01010"
        f"{''.join(_digit(digit, 'R') for digit in right)}101"
    )


def _digit(digit: str, kind: str) -> str:
    pattern = _symbol(_LEFT, int(digit), 7)
    if kind == "L":
        return pattern
    turned = "".join("1" if module == "0" else "0" for module in pattern)
    return turned if kind == "R" else turned[::-1]


def _symbol(table: str, place: int, width: int) -> str:
    return table[place * width : (place + 1) * width]


def _code128(text: str) -> str:
    values = [ord(character) - 32 for character in text]
    check = (_START_B + sum(place * value for place, value in enumerate(values, 1))) % 103
    widths = [*(_symbol(_WIDTHS, value, 6) for value in (_START_B, *values, check)), _STOP]
    return "".join(
        ("1" if place % 2 == 0 else "0") * int(width)
        for symbol in widths
        for place, width in enumerate(symbol)
    )


def _bars(modules: str) -> Drawing:
    path, at = [], 0
    for run in modules.replace("10", "1 0").replace("01", "0 1").split():
        if run[0] == "1":
            path.append(f"M{QUIET + at} 0h{len(run)}v{HEIGHT}h-{len(run)}z")
        at += len(run)
    return Drawing(len(modules) + 2 * QUIET, HEIGHT, "".join(path))


def _qr(text: str) -> Drawing:
    import segno  # here, for most processes never draw one

    code = segno.make_qr(text, error="m")
    path = [
        f"M{x + 4} {y + 4}h1v1h-1z"
        for y, row in enumerate(code.matrix)
        for x, module in enumerate(row)
        if module
    ]
    size = len(code.matrix) + 8
    return Drawing(size, size, "".join(path))
