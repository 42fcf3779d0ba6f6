"""What a browser shows of a page, measured: width, weight, targets; and what axe finds."""

from __future__ import annotations

from typing import Any

LIGHT, WITH_PICTURES = 120 * 1024, 350 * 1024  # bytes on the wire of a first visit
TARGET = 24  # px each way, what a thumb hits on a phone

# Only what is wrong is told: an account of all that is right takes as long again.
_AXE = """() => axe.run(document, {resultTypes: ["violations"], preload: false}).then((found) => found.violations)"""
# Interactive elements whose box is smaller than a thumb. Links within a sentence are as high as its line; a tick and
# its label are one target; what is hidden until it has the focus is none before.
_SMALL = """(least) => {
  const within = (one) => {
    if (one.tagName !== "A" || getComputedStyle(one).display !== "inline") return false;
    let around = one.parentElement;
    while (around && getComputedStyle(around).display.startsWith("inline")) around = around.parentElement;
    const rest = [...around.childNodes].map((node) => node.contains(one) ? "" : node.textContent).join("");
    return /[\\p{L}\\p{N}]/u.test(rest);
  };
  const box = (one) => {
    const own = one.getBoundingClientRect();
    const label = one.labels?.[0]?.getBoundingClientRect();
    if (!label || !["checkbox", "radio"].includes(one.type)) return [own.width, own.height];
    return [Math.max(own.right, label.right) - Math.min(own.left, label.left), Math.max(own.height, label.height)];
  };
  const every = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  return [...document.querySelectorAll(every)].flatMap((one) => {
    if (!one.checkVisibility({visibilityProperty: true, opacityProperty: true})) return [];
    if (one.closest(".skip, .unseen")) return [];
    const [width, height] = box(one);
    if (width <= 2 || height <= 2 || (width >= least - .5 && height >= least - .5) || within(one)) return [];
    return [`${Math.round(width)}x${Math.round(height)} ${one.outerHTML.slice(0, 110)}`];
  });
}"""
# Encoded bytes of the page and all that it loads; what comes from the browser's store weighs what it weighed at first.
_WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, one) => sum + one.encodedBodySize + 300, 0)"""
_WIDER = """(width) => document.documentElement.scrollWidth <= width ? [] :
  [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > width + 1
    && !one.closest(".scroll")).slice(0, 3).map((one) => one.outerHTML.slice(0, 110))
    .concat(`page ${document.documentElement.scrollWidth} px`)"""

# Words and marks of pictures that stand out too little from what lies behind them; axe looks at text in HTML alone.
# Fields of a map and bands of a chart carry their number as text; lines, dots, bars and arrows carry it themselves.
_FAINT = """() => {
  const channel = (one) => (one /= 255) <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4;
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number);
    return .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + .05) / (low + .05);
  };
  const clear = (colour) => colour === "none" || colour === "transparent" || /, 0\\)$/.test(colour);
  const behind = (one) => {
    one.scrollIntoView({block: "center", inline: "center"});
    const box = one.getBoundingClientRect();
    const all = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    for (const under of all.slice(all.indexOf(one) + 1)) {
      if (under.tagName === "text" || under.tagName === "tspan") continue;
      const style = getComputedStyle(under);
      const colour = under instanceof SVGGeometryElement ? style.fill : style.backgroundColor;
      if (!clear(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const told = [];
  for (const one of document.querySelectorAll("main svg text")) {
    if (!one.checkVisibility() || !one.textContent.trim()) continue;
    const fill = getComputedStyle(one).fill, under = behind(one);
    if (contrast(fill, under) < 4.5) told.push(`${contrast(fill, under).toFixed(1)} ${one.outerHTML.slice(0, 90)}`);
  }
  for (const one of document.querySelectorAll("main svg :is(.bar, .bar3, .line, .dot, .flow, .arrow, .aim)")) {
    if (!one.checkVisibility()) continue;
    const style = getComputedStyle(one), colour = clear(style.fill) ? style.stroke : style.fill;
    let around = one.closest("svg");
    while (around && clear(getComputedStyle(around).backgroundColor)) around = around.parentElement;
    const under = around ? getComputedStyle(around).backgroundColor : "rgb(255, 255, 255)";
    if (contrast(colour, under) < 3) told.push(`${contrast(colour, under).toFixed(1)} ${one.outerHTML.slice(0, 90)}`);
  }
  scrollTo(0, 0);
  return [...new Set(told)].slice(0, 5);
}"""


def wrong(page: Any, width: int) -> list[str]:
    """What is wrong with a page as it is shown."""
    from axe_playwright_python.base import AXE_SCRIPT

    page.evaluate(AXE_SCRIPT)
    found = [
        f"axe {one['id']}: {node['html'][:110]}" for one in page.evaluate(_AXE) for node in one["nodes"][:2]
    ]
    found += [f"wider: {one}" for one in page.evaluate(_WIDER, width)]
    if width < 600:
        found += [f"small: {one}" for one in page.evaluate(_SMALL, TARGET)[:4]]
    if page.query_selector("main svg"):
        found += [f"faint: {one}" for one in page.evaluate(_FAINT)]
    most = WITH_PICTURES if page.query_selector("main svg") else LIGHT
    if (weight := page.evaluate(_WEIGHT)) > most:
        found.append(f"weight: {weight:,} bytes, at most {most:,}")
    return found
