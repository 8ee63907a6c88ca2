// What a browser really paints, for tests, where axe has no rule for it.
"use strict";

window.measure = (() => {
  const name = (element) => element.outerHTML.slice(0, 120);

  const parse = (color) => color.match(/[\d.]+/g).map(Number);
  const isOpaque = (color) => (parse(color)[3] ?? 1) === 1;

  // https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
  const luminance = (color) => {
    const [red, green, blue] = parse(color).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };

  const background = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (isOpaque(color)) return color;
    }
    throw new Error("nothing is painted behind " + name(element));
  };

  const all = (selector) => [...document.querySelectorAll(selector)];
  const seen = (element) => element.checkVisibility() && element.getClientRects().length;

  const paints = (element) => {
    if (element.closest("svg")) {
      const { fill, stroke } = getComputedStyle(element);
      return element.matches("path, circle, use") ? [fill, stroke] : [];
    }
    return [null, "::before", "::after"].flatMap((part) => {
      const style = getComputedStyle(element, part);
      return ["Top", "Right", "Bottom", "Left"]
        .filter((side) => parseFloat(style[`border${side}Width`]) > 0)
        .map((side) => style[`border${side}Color`]);
    });
  };

  // Of drawings and borders, but not the mist of the far firs or the rules of a list.
  const faint = (least) =>
    all("body :not(.treeline *, defs *, .jump li, .ways > li, dl > div)")
      .filter(seen)
      .flatMap((element) =>
        paints(element)
          .filter((paint) => paint !== "none" && isOpaque(paint))
          .filter((paint) => contrast(paint, background(element.parentElement)) < least)
          .map((paint) => `${name(element)} ${paint}`));

  const focused = () => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const box = element.getClientRects()[0];
    const middle = [box.x + box.width / 2, box.y + box.height / 2];
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    return {
      name: name(element),
      index: all("a").filter(seen).indexOf(element),
      ring: outlineStyle === "solid" ? parseFloat(outlineWidth) : 0,
      contrast: contrast(outlineColor, background(element.parentElement)),
      covered: !element.contains(document.elementFromPoint(...middle)),
    };
  };

  return { faint, focused };
})();
