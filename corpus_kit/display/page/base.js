// What every part of the page is made with. Whatever comes from a corpus is inserted as text, never as markup.

// JupyterLab would take keys for its own commands (d twice deletes a cell). It reads this from the focused element.
export const KEYS = { "data-lm-suppress-shortcuts": "true" };

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  if (["button", "input", "select", "textarea"].includes(tag)) attributes = { ...KEYS, ...attributes };
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "style") element.style.cssText = value; // as an attribute a Content-Security-Policy would forbid it
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

export function isolated(text, direction = "ltr") {
  return make("bdi", { dir: direction }, text);
}

// A message of the library. What has no Arabic is English between two marks, from left to right.
export function messageOf(text, name = "bdi") {
  const pieces = text.split(/(\u2066[^\u2066-\u2069]*\u2069)/);
  const shown = pieces.map((piece, place) => (place % 2 ? make("span", { lang: "en", dir: "ltr" }, piece.slice(1, -1)) : piece));
  return make(name, { dir: "auto" }, ...shown);
}

// A pattern with a mark at the place of its error, given in three parts; at its end the mark is a space.
export function pointed([before, there, after], direction = "auto") {
  const mark = make("mark", { class: "ck-place" }, there.trim() === "" ? "\u00a0" : there);
  return make("div", { class: "ck-pointed", dir: direction }, before, mark, after);
}

export function amount(number) {
  return isolated(number.toLocaleString("en-US"));
}

// The pieces of a phrase with values (texts or elements) in place of {name}.
export function phrase(text, values) {
  return text.split(/\{(\w+)\}/).map((piece, place) => (place % 2 ? values[piece] : piece));
}
