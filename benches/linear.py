#!/usr/bin/env python3
"""Draws the `linear` lines of the benchmark, time and heap for each byte against bytes, as an SVG.

    cargo bench --bench accept -- linear | benches/linear.py > benches/linear.svg
"""
import math
import re
import sys

LINE = re.compile(r"linear (\w+) +(\d+) bytes: +([\d.]+) ns and ([\d.]+) bytes of heap")
COLOURS = {"answer": "#0b6", "metadata": "#06b"}
WIDTH, HEIGHT, LEFT, TOP, GAP = 640, 180, 60, 30, 60


def panel(title, series, top):
    """One curve for each kind of document; bytes in powers of ten, and what each costs from zero up."""
    most = max(value for points in series.values() for _, value in points) * 1.25
    sizes = [size for points in series.values() for size, _ in points]
    low, high = math.floor(math.log10(min(sizes))), math.ceil(math.log10(max(sizes)))
    across = lambda size: LEFT + (math.log10(size) - low) / (high - low) * (WIDTH - LEFT - 20)
    up = lambda value: top + HEIGHT - value / most * HEIGHT
    yield f'<text x="{LEFT}" y="{top - 10}">{title}</text>'
    yield f'<path d="M{LEFT} {top}V{top + HEIGHT}H{WIDTH - 20}" fill="none" stroke="#888"/>'
    for power in range(low, high + 1):
        yield f'<text x="{across(10 ** power):.0f}" y="{top + HEIGHT + 16}" text-anchor="middle">10^{power}</text>'
    for part in (0, 1, 2):
        value = most / 2.5 * part
        yield f'<text x="{LEFT - 8}" y="{up(value) + 4:.0f}" text-anchor="end">{value:.0f}</text>'
    for name, points in series.items():
        places = [(f"{across(size):.1f}", f"{up(value):.1f}") for size, value in points]
        colour = COLOURS[name]
        yield f'<polyline points="{" ".join(",".join(place) for place in places)}" fill="none" stroke="{colour}"/>'
        yield from (f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in places)
        yield f'<text x="{float(places[-1][0]) + 4:.0f}" y="{float(places[-1][1]) - 8:.0f}" fill="{colour}">{name}</text>'


def main():
    time, heap = {}, {}
    for name, size, nanoseconds, octets in LINE.findall(sys.stdin.read()):
        time.setdefault(name, []).append((int(size), float(nanoseconds)))
        heap.setdefault(name, []).append((int(size), float(octets)))
    if not time:
        sys.exit("no linear lines")
    height = 2 * (HEIGHT + GAP) + TOP
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">')
    print(f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>')
    print("\n".join(panel("nanoseconds for each byte, by bytes of the document", time, TOP)))
    print("\n".join(panel("bytes of heap at most for each byte", heap, TOP + HEIGHT + GAP)))
    print("</svg>")


main()
