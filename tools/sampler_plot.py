"""A plot of curves over a logarithmic axis, as SVG."""

import html
import math

COLORS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf",
          "#393b79", "#000000"]
WIDTH, HEIGHT = 760, 460
LEFT, TOP, RIGHT, BOTTOM = 64, 20, 190, 52


def ticks(low, high):
    """1, 2 and 5 times powers of ten between two numbers."""
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    values = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    return [value for value in values if low <= value <= high]


def plot(curves, x_title, y_title):
    """SVG of curves by name: each a dictionary from x to y. Both axes are logarithmic."""
    xs = sorted({x for curve in curves.values() for x in curve})
    ys = [y for curve in curves.values() for y in curve.values()]
    x_low, x_high = xs[0] / 1.1, xs[-1] * 1.1
    y_low, y_high = min(ys) / 1.05, max(ys) * 1.05

    def place(value, low, high, start, end):
        return start + (math.log(value) - math.log(low)) / (math.log(high) - math.log(low)) * (end - start)

    def at(x, y):
        return (place(x, x_low, x_high, LEFT, WIDTH - RIGHT), place(y, y_low, y_high, HEIGHT - BOTTOM, TOP))

    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
             'font-size="13">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']

    def text(x, y, words, anchor="middle", more=""):
        lines.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{html.escape(str(words))}</text>')

    def line(x1, y1, x2, y2, color):
        lines.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}"/>')

    for y in ticks(y_low, y_high):
        _, height = at(xs[0], y)
        line(LEFT, height, WIDTH - RIGHT, height, "#dddddd")
        text(LEFT - 8, height + 4, f"{y:g}", "end")
    for x in xs:
        width, _ = at(x, y_low)
        line(width, TOP, width, HEIGHT - BOTTOM, "#eeeeee")
    last = -math.inf
    for x in xs:
        width, _ = at(x, y_low)
        # No label over another.
        if width - last > 22:
            text(width, HEIGHT - BOTTOM + 18, x)
            last = width
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_title)
    middle = (TOP + HEIGHT - BOTTOM) / 2
    text(18, middle, y_title, more=f' transform="rotate(-90 18 {middle:.1f})"')
    for number, (name, curve) in enumerate(curves.items()):
        color = COLORS[number % len(COLORS)]
        points = " ".join("{:.1f},{:.1f}".format(*at(x, y)) for x, y in sorted(curve.items()))
        lines.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.6"/>')
        for x, y in sorted(curve.items()):
            lines.append('<circle cx="{:.1f}" cy="{:.1f}" r="2.6" fill="{}"/>'.format(*at(x, y), color))
        height = TOP + 14 + 20 * number
        line(WIDTH - RIGHT + 14, height - 4, WIDTH - RIGHT + 36, height - 4, color)
        text(WIDTH - RIGHT + 42, height, name, "start")
    return "\n".join(lines + ["</svg>"]) + "\n"
