"""What a citizen identity number says of itself.

Source: GB 11643-1999: six digits of region, eight of birth date, three of order (odd for men), and a check
character by ISO 7064 MOD 11-2. Numbers of fifteen digits, from before 1999, lack the century and the check.
"""

from __future__ import annotations

from datetime import date

from mapdesk.model.errors import InputError

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def check_character(first: str) -> str:
    """Return the last character that belongs to seventeen digits."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first, strict=True))
    return _CHECKS[total % 11]


def read_identity(text: str) -> tuple[str, date, str]:
    """Return an identity number in full, with the birth date and sex it says.

    Returns
    -------
    tuple of str, date, str
        Eighteen characters; the birth date; "male" or "female".

    Raises
    ------
    InputError
        It is not one; the sentence does not repeat it, since it may be nearly someone's.
    """
    number = text.strip().upper()
    if len(number) == 15 and number.isascii() and number.isdigit():
        number = number[:6] + "19" + number[6:]
        number += check_character(number)
    if not (len(number) == 18 and number.isascii() and number[:17].isdigit()):
        raise InputError("The identity number is not 18 characters (or 15 digits); correct it.")
    if check_character(number[:17]) != number[17]:
        raise InputError("The identity number's check character does not fit; correct it.")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise InputError("The identity number holds no birth date; correct it.") from error
    return number, born, "male" if int(number[16]) % 2 else "female"
