// The line of Python that makes what is shown, and a button that copies it.

import { isolated, make } from "../../display/page/base.js";

const GIVEN_UP = 60000; // ms until a file that was saved is given up
const TEXTS = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/; // of a line of Python
const SAID = 1500; // ms for which a button says that it has copied

// Return the element, and the part of it whose text is the line.
export function pythonLine(say, copy) {
  const code = make("code", { class: "ck-code-line", dir: "ltr", tabindex: 0 });
  const button = copyButton(say.copy, say, () => copy(code.textContent));
  return [make("div", { class: "ck-python", title: say.python_title }, make("span", {}, say.python), code, button), code];
}

// Return buttons that save what is shown as a file: ask(format, answered) has Python make it.
export function saveButtons(say, ask) {
  const button = (format, text) => {
    const made = make("button", { type: "button", class: `ck-save-${format}`, title: say[`save_${format}_title`] }, text);
    made.addEventListener("click", () => ask(format, saveFile));
    return made;
  };
  return make("span", { class: "ck-group ck-save" }, make("span", {}, say.save), button("csv", "CSV"), button("xlsx", "Excel"));
}

// Let the browser save a file: {name, type, data}, whose data is in base64.
function saveFile({ name, type, data }) {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), GIVEN_UP);
}

// Return a place for what is told: it may be over what is below, which does not move when it comes or goes.
export function toldPlace(...parts) {
  return make("div", { class: "ck-told" }, ...parts);
}

// Show a line: each text of it stands for itself, since Arabic texts would change places.
export function writeLine(code, line) {
  code.replaceChildren(...line.split(TEXTS).map((part, place) => (place % 2 ? isolated(part) : part)));
}

// Return a button that copies: copy() returns a promise.
export function copyButton(text, say, copy) {
  const button = make("button", { type: "button" }, text);
  button.addEventListener("click", async () => {
    await copy();
    button.textContent = say.copied;
    setTimeout(() => (button.textContent = text), SAID);
  });
  return button;
}
