// What a browser really paints, for tests. Each function of `measure` returns what is
// wrong, in words for the report, so that a test can expect [].
"use strict";

window.measure = (() => {
  const name = (element) =>
    `${element.localName}.${element.getAttribute("class") ?? ""} ` +
    `"${element.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}"`;

  const parse = (color) => {
    const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
    return { channels: [red, green, blue], alpha };
  };

  // https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
  const luminance = (color) => {
    const [red, green, blue] = parse(color).channels.map((value) => {
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
      if (parse(color).alpha === 1) return color;
    }
    throw new Error("nothing is painted behind " + name(element));
  };

  // Words in a drawing may stand on one of its shapes.
  const ground = (text) => {
    text.scrollIntoView({ block: "center" });
    const box = text.getBoundingClientRect();
    const shape = document
      .elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)
      .find((at) => at !== text && at.closest("svg") && at.localName !== "svg" &&
        getComputedStyle(at).fill !== "none");
    return shape ? getComputedStyle(shape).fill : background(text);
  };

  const all = (selector = "body *") => [...document.querySelectorAll(selector)];
  const seen = (element) => element.checkVisibility() && element.getClientRects().length;

  const textsBelow = (least) => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || !seen(element)) continue;
      if (element.matches("title, desc")) continue;
      const style = getComputedStyle(element);
      const ratio = element.closest("svg")
        ? contrast(style.fill, ground(element))
        : contrast(style.color, background(element));
      if (ratio < least) found.push(`${name(element)} ${ratio.toFixed(2)}`);
    }
    return found;
  };

  // Every line and surface of the drawings, but not the mist of the far firs.
  const drawingsBelow = (least) =>
    all("svg:not(.treeline) :is(path, circle, use)")
      .filter((shape) => seen(shape) && !shape.closest("defs"))
      .flatMap((shape) => {
        const { fill, stroke } = getComputedStyle(shape);
        const paints = [fill, stroke].filter((paint) => paint !== "none");
        return paints.length ? paints.map((paint) => [shape, paint]) : [[shape, null]];
      })
      .filter(([shape, paint]) =>
        !paint || contrast(paint, background(shape)) < least)
      .map(([shape, paint]) => `${name(shape)} ${paint}`);

  // Every border, but not the rules between the items of a list.
  const edgesBelow = (least) =>
    all("body :not(.jump li, .ways > li, dl > div, svg *)").flatMap((element) =>
      [null, "::before", "::after"].flatMap((part) => {
        const style = getComputedStyle(element, part);
        if (!seen(element) || (part && style.content === "none")) return [];
        return ["Top", "Right", "Bottom", "Left"]
          .filter((side) => parseFloat(style[`border${side}Width`]) > 0)
          .map((side) => style[`border${side}Color`])
          .filter((color) => parse(color).alpha > 0)
          .filter((color) => contrast(color, background(element.parentElement)) < least)
          .map((color) => `${name(element)} ${part ?? ""} ${color}`);
      }));

  const outsideTheScreen = () => {
    const end = document.documentElement.clientWidth;
    const range = document.createRange();
    const found = all()
      .filter((element) => seen(element) && !element.closest(".skip-link, defs"))
      .filter((element) => !element.closest(".treeline, .bough, title, desc"))
      .filter((element) => {
        range.selectNodeContents(element);
        return (element.closest("svg") ? [element] : [element, range]).some((at) => {
          const box = at.getBoundingClientRect();
          return box.width && (box.left < 0 || box.right > end + 0.5);
        });
      })
      .map(name);
    if (document.documentElement.scrollWidth > end) found.push("the page scrolls");
    return found;
  };

  // Links that stand by themselves; those within a sentence may be as its words are.
  const targetsBelow = (least) =>
    all("a")
      .filter((link) => {
        const around = link.parentElement.textContent.length - link.textContent.length;
        return seen(link) && (around < 20 || !link.parentElement.matches("p, dd, li"));
      })
      .filter((link) => {
        const box = link.getBoundingClientRect();
        return box.height < least || box.width < least;
      })
      .map(name);

  // "12:30 pm" on two lines.
  const brokenTimes = (within) => {
    const found = [];
    const range = document.createRange();
    const root = document.querySelector(within);
    const walker = root && document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker?.nextNode()) {
      for (const time of walker.currentNode.data.matchAll(/\d+(:\d\d)?\s[ap]m/g)) {
        range.setStart(walker.currentNode, time.index);
        range.setEnd(walker.currentNode, time.index + time[0].length);
        const tops = [...range.getClientRects()].map((box) => Math.round(box.top));
        if (new Set(tops).size > 1) found.push(time[0]);
      }
    }
    return found;
  };

  // One style on top of the page's own, in place of the one before.
  const wear = (css) => {
    const style = document.querySelector("#worn") ?? document.createElement("style");
    style.id = "worn"; // beside the page's own
    style.textContent = css;
    document.head.append(style);
  };

  const focused = () => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const box = element.getClientRects()[0];
    const middle = [box.x + box.width / 2, box.y + box.height / 2];
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    return {
      name: name(element),
      index: all("a").filter(seen).indexOf(element),
      top: box.y + scrollY,
      ring: outlineStyle === "solid" ? parseFloat(outlineWidth) : 0,
      contrast: contrast(outlineColor, background(element.parentElement)),
      covered: !element.contains(document.elementFromPoint(...middle)),
    };
  };

  // Selectors, without the states that a test would have to bring about.
  const selectorsWithoutMatch = () => {
    const rules = (list) =>
      [...list].flatMap((rule) => [rule, ...rules(rule.cssRules ?? [])]);
    return [...document.styleSheets]
      .flatMap((sheet) => rules(sheet.cssRules))
      .flatMap((rule) => rule.selectorText?.split(/,(?![^(]*\))/) ?? [])
      .map((selector) => selector.trim())
      .filter((selector) => {
        const plain = selector
          .replace(/::[\w-]+|:(hover|target|focus(-visible)?)/g, "")
          .replace(/(^|\s)$/, "$1*");
        return !document.querySelector(plain);
      });
  };

  return {
    brokenTimes,
    drawingsBelow,
    edgesBelow,
    focused,
    outsideTheScreen,
    selectorsWithoutMatch,
    targetsBelow,
    textsBelow,
    wear,
  };
})();
