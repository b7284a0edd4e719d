"""Writes decimal_vectors.txt: exact results of decimal arithmetic by Python's decimal module (half up, 38 digits)."""
import random
import sys
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

random.seed(20241101)
LIMIT = 10**38


def quantised(number, scale):
    """The unscaled integer of `number` rounded to `scale`, or 'overflow'."""
    with localcontext(Context(prec=400, rounding=ROUND_HALF_UP, Emax=10**6, Emin=-10**6)):
        unscaled = int((number.scaleb(scale)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return unscaled if abs(unscaled) < LIMIT else "overflow"


def divided(a, b, scale):
    """Rational arithmetic, so that no digit of the quotient is rounded twice."""
    numerator, denominator = a.as_integer_ratio()[0] * b.as_integer_ratio()[1], a.as_integer_ratio()[1] * b.as_integer_ratio()[0]
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    scaled = abs(numerator) * 10**scale
    quotient, rest = divmod(scaled, denominator)
    quotient += 1 if rest * 2 >= denominator else 0
    if quotient >= LIMIT:
        return "overflow"
    return -quotient if numerator < 0 else quotient


def some_number():
    digits = random.choice([1, 2, 5, 9, 10, 17, 18, 19, 20, 28, 37, 38])
    unscaled = random.choice([random.randrange(10**digits), 10**digits - 1, 10 ** (digits - 1), 5 * 10 ** (digits - 1), 0])
    scale = random.randrange(0, 39)
    return random.choice([1, -1]) * unscaled, scale


def exact(unscaled, scale):
    with localcontext(Context(prec=400, Emax=10**6, Emin=-10**6)):
        return Decimal(unscaled).scaleb(-scale)


def main(out):
    out.write("# operation, a, scale of a, b, scale of b, scale of the result, result\n")
    for _ in range(1500):
        (a, sa), (b, sb), scale = some_number(), some_number(), random.randrange(0, 39)
        with localcontext(Context(prec=400, Emax=10**6, Emin=-10**6)):
            product = exact(a, sa) * exact(b, sb)
        out.write(f"multiply {a} {sa} {b} {sb} {scale} {quantised(product, scale)}\n")
        if b != 0:
            out.write(f"divide {a} {sa} {b} {sb} {scale} {divided(exact(a, sa), exact(b, sb), scale)}\n")
        out.write(f"rescale {a} {sa} 0 0 {scale} {quantised(exact(a, sa), scale)}\n")


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="ascii") as file:
        main(file)
