// The explorer on a page of its own: a model over a WebSocket, in place of the one of a notebook, and what is said
// while a corpus is opened or the server cannot be reached. Everything is inserted as text.

import explorer from "./explorer.js";

const ROOT = document.getElementById("explorer");
const AROUND = document.getElementById("around"); // what is told before the explorer is there
const NOTES = document.getElementById("notes"); // what is told beside it
const LOST = document.getElementById("lost");
const SAY = JSON.parse(ROOT.dataset.say);
const DOCUMENT = crypto.getRandomValues(new Uint32Array(4)).join("-");
const LONGEST_WAIT = 2000; // ms between two attempts to connect
const UNNOTICED = 1000; // ms for which a lost connection is not worth a word
const LARGEST = 1000000; // characters of a message
const PAUSE = 300; // ms without a keystroke before the folder that is typed is listed

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function number(value) {
  return make("bdi", { dir: "ltr" }, value.toLocaleString("en-US"));
}

// A path whose folders each have their own direction.
function pathOf(path) {
  const parts = path.split(/([\\/])/).map((part, place) => (place % 2 ? part : make("bdi", {}, part)));
  return make("bdi", { dir: "ltr" }, ...parts);
}

function phrase(text, values) {
  return text.split(/\{(\w+)\}/).map((piece, place) => (place % 2 ? values[piece] : piece));
}

// Storage of this window, which a reload leaves as it is. Without it the explorer works, and a reload begins anew.
const kept = {
  get(name) {
    try {
      return JSON.parse(sessionStorage.getItem(`corpus-kit:${name}`));
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      sessionStorage.setItem(`corpus-kit:${name}`, JSON.stringify(value));
    } catch {
      // full or forbidden
    }
  },
};

// What the explorer takes for the model of a widget.
class Model {
  constructor(connection, corpus, values) {
    this.connection = connection;
    this.place = `state:${corpus}`;
    this.values = { ...values, _state: kept.get(this.place) ?? {} };
    this.heard = new Map();
  }

  get(name) {
    return this.values[name];
  }

  set(name, value) {
    this.values[name] = value;
    this.fire(`change:${name}`);
  }

  save_changes() {
    kept.set(this.place, this.values._state);
  }

  on(event, listener) {
    this.heard.set(event, [...(this.heard.get(event) ?? []), listener]);
  }

  off(event, listener) {
    const others = (this.heard.get(event) ?? []).filter((each) => listener && each !== listener);
    this.heard.set(event, others);
  }

  fire(event, ...values) {
    for (const listener of this.heard.get(event) ?? []) listener(...values);
  }

  send(message) {
    this.connection.send(message);
  }
}

class Connection {
  constructor() {
    this.socket = null;
    this.model = null;
    this.corpus = "";
    this.told = null; // how the corpus was opened
    this.seen = 0; // number of the last message from the server
    this.sent = 0; // number of the last one to it
    this.unread = []; // messages that it has not confirmed
    this.wait = 100; // ms
    this.patience = 0; // timer
    this.asked = 0; // number of the last listing that was asked for
    this.listings = new Map(); // of each chooser, the number of the last one, and what shows it
    addEventListener("pagehide", () => this.socket.close());
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    this.connect();
  }

  connect() {
    const address = new URL(ROOT.dataset.socket, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(address);
    this.socket.onopen = () => this.greet();
    this.socket.onmessage = (event) => this.receive(JSON.parse(event.data));
    this.socket.onclose = () => this.lose();
  }

  greet() {
    this.write({ hello: kept.get("session"), document: DOCUMENT, drawn: this.model !== null, seen: this.seen });
  }

  write(content) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(content));
  }

  send(message) {
    const content = { number: this.sent + 1, message };
    if (JSON.stringify(content).length > LARGEST) {
      note("problem", SAY.too_large);
      return;
    }
    this.sent += 1;
    this.unread.push(content);
    if (!this.patience) this.write(content);
  }

  lose() {
    if (!this.patience) this.patience = setTimeout(() => showLost(true), UNNOTICED);
    setTimeout(() => this.connect(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(LONGEST_WAIT, this.wait * 1.6);
  }

  found() {
    clearTimeout(this.patience);
    this.patience = 0;
    this.wait = 100;
    showLost(false);
  }

  receive(content) {
    if (content.number !== undefined) {
      if (content.number <= this.seen) return;
      this.seen = content.number;
    }
    if (content.taken !== undefined) this.confirm(content.taken);
    else if (content.reload) location.reload();
    else if (content.replaced) noteReplaced(this);
    else if (content.report) this.report(content.report);
    else if (content.listing) this.list(content.listing);
    else if (content.stage) this.reach(content);
    else if (content.session) this.join(content);
    else if (content.name) this.model.set(content.name, content.value);
    else if (content.message) this.model.fire("msg:custom", content.message, []);
    else if (content.problem) note("problem", content.unexpected ? SAY.unexpected : SAY.problem, content.problem);
  }

  // Ask what is in a folder; null is the first one to show.
  askFor(path, chooser, show) {
    this.asked += 1;
    this.listings.set(chooser, [this.asked, show]);
    this.write({ list: path, number: this.asked });
  }

  list(listing) {
    for (const [asked, show] of this.listings.values()) if (asked === listing.number) show(listing); // none is outdated
  }

  confirm(taken) {
    this.unread = this.unread.filter((each) => each.number > taken);
  }

  reach(stage) {
    this.found();
    showStage(stage, this);
  }

  report(report) {
    this.corpus = report.key;
    document.title = `${report.name} – ${SAY.title}`;
    this.told = report.how === "opened" || kept.get("read") === report.folder ? null : report;
  }

  join(content) {
    kept.set("session", content.session);
    this.found();
    if (content.resumed !== undefined) {
      this.confirm(content.resumed);
      for (const each of this.unread) this.write(each);
      return;
    }
    this.seen = content.last;
    AROUND.hidden = true;
    ROOT.before(make("h1", { class: "unseen" }, document.title));
    ROOT.hidden = false;
    this.model = new Model(this, this.corpus, content.state);
    const other = make("button", { type: "button" }, SAY.another_open);
    other.onclick = () => this.write({ choose: null });
    ROOT.after(make("footer", {}, other));
    explorer.render({ model: this.model, el: ROOT });
    if (this.told) noteReport(this.told);
    for (const each of this.unread) this.write(each);
  }
}

// ------------------------------------------------------------------------------------------ what is told

function showLost(isLost) {
  LOST.textContent = isLost ? SAY.gone : "";
  LOST.hidden = !isLost;
  ROOT.inert = isLost;
}

function closing() {
  const button = make("button", { type: "button", "aria-label": SAY.close, title: SAY.close }, "×");
  button.onclick = () => button.parentElement.remove();
  return button;
}

function note(kind, ...parts) {
  for (const other of NOTES.querySelectorAll(`[data-kind="${kind}"]`)) other.remove();
  const paragraphs = parts.map((part) => (part instanceof Node ? part : make("p", { dir: "auto" }, part)));
  const box = make("div", { "data-kind": kind, class: "note" }, closing(), ...paragraphs);
  NOTES.append(box);
  return box;
}

function noteReplaced(connection) {
  if (NOTES.querySelector('[data-kind="replaced"]')) return;
  const button = make("button", { type: "button" }, SAY.show_new);
  button.onclick = () => connection.write({ again: true });
  note("replaced", SAY.replaced, make("p", {}, button));
}

// It goes by itself with what is done first. Where texts were left out it stays until it is closed, and covers nothing.
function noteReport(report) {
  const values = { documents: number(report.documents), files: number(report.files), folder: pathOf(report.folder) };
  const told = make("p", {}, ...phrase(report.how === "kept" ? SAY.kept : SAY.built, values));
  const rows = report.left_out.map(([reason, count, examples]) =>
    make("li", {}, make("bdi", {}, reason), ": ", number(count), " (", make("bdi", {}, examples.join(", ")), ")"),
  );
  const details = make("details", {}, make("summary", {}, SAY.left_out), make("ul", {}, ...rows));
  const box = note("report", told, ...(rows.length ? [details] : []));
  const read = () => kept.set("read", report.folder);
  box.firstChild.addEventListener("click", read);
  if (rows.length) return ROOT.before(box);
  const end = () => {
    read();
    box.remove();
  };
  for (const event of ["pointerdown", "keydown"]) ROOT.addEventListener(event, end, { once: true });
}

function showStage(stage, connection) {
  if (connection.model) return;
  AROUND.hidden = false;
  const shown = { problem: showProblem, choose: showChoice, reading: showReading }[stage.stage];
  if (shown) shown(stage, connection);
  else showStep(SAY[stage.stage]);
}

// The parts of a step stay, so that what is read aloud and the bar do not begin anew with each number.
function step() {
  if (!AROUND.querySelector("progress")) {
    const status = make("p", { id: "step", role: "status" });
    AROUND.replaceChildren(status, make("progress", { "aria-labelledby": "step" }), make("p", { class: "counts" }));
  }
  return AROUND.children;
}

function showStep(text, share = null, counts = []) {
  const [status, bar, below] = step();
  if (status.textContent !== text) status.textContent = text;
  if (share === null) bar.removeAttribute("value");
  else bar.value = share;
  below.replaceChildren(...counts);
}

function showReading({ share, files, documents }) {
  const counts = [`${SAY.files}: `, number(files), ` · ${SAY.documents}: `, number(documents)];
  showStep(SAY.reading, share, files || documents ? counts : []);
}

function showProblem(stage, connection) {
  const again = make("button", { type: "button" }, SAY.again);
  const another = make("button", { type: "button" }, SAY.another);
  again.onclick = () => connection.write({ again: true });
  another.onclick = () => connection.write({ choose: null });
  const path = pathOf(stage.missing ?? "");
  const text = stage.missing ? make("p", {}, ...phrase(SAY.missing, { path })) : make("p", { dir: "auto" }, stage.text);
  const head = make("h1", {}, stage.unexpected ? SAY.unexpected : SAY.problem);
  AROUND.replaceChildren(make("div", { role: "alert" }, head, text));
  if (stage.columns?.length) AROUND.append(columnsForm(stage.columns, connection));
  AROUND.append(make("p", {}, again, " ", another));
}

// A table without the column that was looked for: a person says which of its columns are what.
function columnsForm(columns, connection) {
  const options = () => columns.map((name) => make("option", { value: name }, name));
  const text = make("select", { id: "column_text" }, ...options());
  if (columns.includes("text")) text.value = "text";
  const date = make("select", { id: "column_date" }, make("option", { value: "" }, SAY.no_column), ...options());
  const label = (field, say) => make("label", { for: field.id }, say);
  const fields = [label(text, SAY.column_text), text, label(date, SAY.column_date), date];
  const go = make("div", { class: "go" }, make("button", {}, SAY.open));
  const form = make("form", {}, make("h2", {}, SAY.which_columns), ...fields, go);
  form.onsubmit = (event) => {
    event.preventDefault();
    connection.write({ columns: { text: text.value, ...(date.value && { date: date.value }) } });
  };
  return form;
}

// A field for a path, and what is in folders, from which it is chosen.
class FolderChooser {
  constructor(connection, id, typed) {
    this.connection = connection;
    this.input = make("input", { type: "text", id, dir: "auto", autocomplete: "off", spellcheck: "false" });
    this.input.value = typed;
    this.places = make("nav", { class: "places", "aria-label": SAY.places });
    this.above = make("nav", { class: "above", "aria-label": SAY.above, dir: "ltr" });
    this.rows = make("ul", { class: "rows", "aria-label": SAY.inside });
    this.told = make("p", { class: "told", role: "status" });
    this.element = make("div", { class: "folders" }, this.places, this.above, this.rows, this.told);
    this.rows.addEventListener("keydown", (event) => this.move(event));
    this.input.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.input.value.trim() && this.ask(this.input.value, { isTyped: true }), PAUSE);
    });
  }

  begin() {
    this.ask(this.input.value || null, { isTyped: Boolean(this.input.value), isFirst: true });
  }

  ask(path, { isTyped = false, isFirst = false, takesFocus = false } = {}) {
    clearTimeout(this.typing);
    this.connection.askFor(path, this, (listing) => this.show(listing, { isTyped, isFirst, takesFocus }));
  }

  show(listing, { isTyped, isFirst, takesFocus }) {
    if (listing.problem !== undefined) {
      if (isFirst && this.input.value) this.ask(null, { isTyped: true });
      else if (!isTyped) this.told.replaceChildren(...phrase(SAY.unlisted, { problem: make("bdi", {}, listing.problem) }));
      return;
    }
    if (!isTyped && !isFirst) this.input.value = listing.path ?? "";
    const button = (path, ...parts) => {
      const made = make("button", { type: "button", disabled: path === null ? "" : null }, ...parts);
      made.onclick = () => this.ask(path, { takesFocus: true });
      return made;
    };
    const places = listing.places.map(([kind, name, path]) => {
      const parts = kind === "drive" ? [`${SAY.place_drive} `, make("bdi", {}, name)] : [SAY[`place_${kind}`]];
      return button(path, ...parts);
    });
    this.places.replaceChildren(...places);
    const above = listing.above.map(([name, path]) => button(path, make("bdi", {}, name)));
    above.at(-1).setAttribute("aria-current", "location");
    this.above.replaceChildren(...above);
    this.above.scrollLeft = this.above.scrollWidth;
    this.rows.replaceChildren(...listing.rows.map((row) => make("li", {}, this.row(row))));
    this.rows.querySelector("button")?.setAttribute("tabindex", "0");
    this.rows.scrollTop = 0;
    const told = phrase(SAY.readable, { count: amountOf(listing.files ?? 0, listing.more) });
    if (!listing.rows.length) told.push(" · ", SAY.empty);
    if (listing.left_out) told.push(" · ", ...phrase(SAY.not_shown, { count: number(listing.left_out) }));
    this.told.replaceChildren(make("bdi", {}, listing.above.at(-1)[0]), " · ", ...told);
    if (takesFocus) (this.rows.querySelector("button") ?? above.at(-1)).focus();
  }

  // A folder is entered; a file or a corpus is chosen.
  row({ name, path, kind, files, more }) {
    const about = kind === "folder" ? (files > 0 || more ? [`${SAY.files}: `, amountOf(files, more)] : []) : [SAY[`is_${kind}`]];
    const made = make(
      "button", { type: "button", tabindex: "-1", class: kind, disabled: path === null ? "" : null },
      make("span", { class: "name" }, make("bdi", {}, name)), make("span", { class: "about" }, ...about),
    );
    made.onclick = () => {
      if (kind === "folder") return this.ask(path, { takesFocus: true });
      for (const other of this.rows.querySelectorAll("[aria-pressed]")) other.removeAttribute("aria-pressed");
      made.setAttribute("aria-pressed", "true");
      this.input.value = path;
    };
    return made;
  }

  // One of the rows is reached by Tab, the others by arrows or by the first letters of their names.
  move(event) {
    const rows = [...this.rows.querySelectorAll("button:not(:disabled)")];
    const place = rows.indexOf(document.activeElement);
    if (place < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const starts = (row) => row.firstChild.textContent.toLowerCase().startsWith(event.key.toLowerCase());
    const next = {
      ArrowDown: rows[place + 1], ArrowUp: rows[place - 1], Home: rows[0], End: rows.at(-1),
      PageDown: rows[Math.min(place + 10, rows.length - 1)], PageUp: rows[Math.max(place - 10, 0)],
      Backspace: this.above.lastChild?.previousSibling,
    };
    const letter = event.key.length === 1 && event.key !== " ";
    const to = letter ? [...rows.slice(place + 1), ...rows.slice(0, place)].find(starts) : next[event.key];
    if (!to) return;
    event.preventDefault();
    if (event.key === "Backspace") return to.click();
    rows[place].tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  }
}

function amountOf(files, more) {
  return more ? make("span", {}, ...phrase(SAY.at_least, { count: number(files) })) : number(files);
}

function showChoice({ recent, typed, reference: typedReference, date: typedDate }, connection) {
  const texts = new FolderChooser(connection, "path", typed);
  const path = texts.input;
  path.required = true;
  const reference = new FolderChooser(connection, "reference", typedReference ?? "");
  const beside = make(
    "details", {},
    make("summary", {}, SAY.beside),
    make("p", { id: "beside_how" }, SAY.beside_how),
    make("label", { for: "reference" }, SAY.reference),
    reference.input,
    reference.element,
  );
  beside.addEventListener("toggle", () => beside.open && !reference.rows.childElementCount && reference.begin());
  reference.input.setAttribute("aria-describedby", "beside_how");
  beside.open = Boolean(typedReference);
  const date = make("input", { type: "text", id: "date", dir: "auto", autocomplete: "off", spellcheck: "false" });
  date.value = typedDate ?? "";
  const dates = make("details", {}, make("summary", {}, SAY.dates), make("label", { for: "date" }, SAY.date), date);
  dates.open = Boolean(typedDate);
  const annotate = make("input", { type: "checkbox", id: "annotate" });
  const form = make(
    "form",
    {},
    make("h1", {}, SAY.choose),
    make("p", { id: "how" }, SAY.choose_how),
    make("label", { for: "path" }, SAY.path),
    path,
    texts.element,
    beside,
    dates,
    make("label", { for: "annotate" }, annotate, " ", SAY.annotate),
    make("div", { class: "go" }, make("button", {}, SAY.open)),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    const others = { reference: beside.open ? reference.input.value.trim() : "", date: dates.open ? date.value : "" };
    connection.write({ choose: path.value, annotate: annotate.checked, ...others });
  };
  path.setAttribute("aria-describedby", "how");
  AROUND.replaceChildren(form);
  if (recent?.length) {
    const rows = recent.map((each) => {
      const button = make("button", { type: "button", dir: "ltr" }, pathOf(each));
      button.onclick = () => connection.write({ choose: each });
      return make("li", {}, button);
    });
    AROUND.append(make("h2", {}, SAY.recent), make("ul", {}, ...rows));
  }
  path.focus();
  texts.begin();
}

// The token has done its work: the cookie stays. So it is not in the address that is copied or bookmarked.
if (new URLSearchParams(location.search).has("token")) history.replaceState(null, "", location.pathname);
for (const face of document.fonts) face.load().catch(() => {}); // before there is text in it, which would move
new Connection();
