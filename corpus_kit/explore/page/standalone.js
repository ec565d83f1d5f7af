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

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function number(value) {
  return make("bdi", { dir: "ltr" }, value.toLocaleString("en-US"));
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
    this.seen = 0; // number of the last message from the server
    this.sent = 0; // number of the last one to it
    this.unread = []; // messages that it has not confirmed
    this.wait = 100; // ms
    this.patience = 0; // timer
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
    else if (content.stage) this.reach(content);
    else if (content.session) this.join(content);
    else if (content.name) this.model.set(content.name, content.value);
    else if (content.message) this.model.fire("msg:custom", content.message, []);
    else if (content.problem) note("problem", content.unexpected ? SAY.unexpected : SAY.problem, content.problem);
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
    if (report.how !== "opened" && kept.get("read") !== report.folder) noteReport(report);
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
    explorer.render({ model: this.model, el: ROOT });
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

function noteReport(report) {
  const folder = make("bdi", { dir: "ltr" }, report.folder);
  const values = { documents: number(report.documents), files: number(report.files), folder };
  const told = make("p", {}, ...phrase(report.how === "kept" ? SAY.kept : SAY.built, values));
  const rows = report.left_out.map(([reason, count, examples]) =>
    make("li", {}, make("bdi", {}, reason), ": ", number(count), " (", make("bdi", {}, examples.join(", ")), ")"),
  );
  const details = make("details", {}, make("summary", {}, SAY.left_out), make("ul", {}, ...rows));
  const box = note("report", told, ...(rows.length ? [details] : []));
  box.firstChild.addEventListener("click", () => kept.set("read", report.folder));
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
  const path = make("bdi", { dir: "ltr" }, stage.missing ?? "");
  const text = stage.missing ? make("p", {}, ...phrase(SAY.missing, { path })) : make("p", { dir: "auto" }, stage.text);
  const head = make("h1", {}, stage.unexpected ? SAY.unexpected : SAY.problem);
  AROUND.replaceChildren(make("div", { role: "alert" }, head, text), make("p", {}, again, " ", another));
}

function showChoice({ recent, typed }, connection) {
  const path = make("input", { type: "text", id: "path", dir: "auto", required: "", autocomplete: "off", spellcheck: "false" });
  const annotate = make("input", { type: "checkbox", id: "annotate" });
  const form = make(
    "form",
    {},
    make("h1", {}, SAY.choose),
    make("p", { id: "how" }, SAY.choose_how),
    make("label", { for: "path" }, SAY.path),
    path,
    make("label", { for: "annotate" }, annotate, " ", SAY.annotate),
    make("button", {}, SAY.open),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    connection.write({ choose: path.value, annotate: annotate.checked });
  };
  path.setAttribute("aria-describedby", "how");
  path.value = typed;
  AROUND.replaceChildren(form);
  if (recent?.length) {
    const rows = recent.map((each) => {
      const button = make("button", { type: "button", dir: "ltr" }, each);
      button.onclick = () => connection.write({ choose: each });
      return make("li", {}, button);
    });
    AROUND.append(make("h2", {}, SAY.recent), make("ul", {}, ...rows));
  }
  path.focus();
}

// The token has done its work: the cookie stays. So it is not in the address that is copied or bookmarked.
if (new URLSearchParams(location.search).has("token")) history.replaceState(null, "", location.pathname);
new Connection();
