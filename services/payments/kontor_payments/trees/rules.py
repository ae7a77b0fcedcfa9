"""How many square metres of forest the merchant has planted for payments. Pure."""


def square_metres(counted: int, step: int, *, set_up: bool) -> int:
    """One for each full `step` of what is counted (minor units of fees, or payments), and one for the completed set-up."""
    return counted // step + set_up
