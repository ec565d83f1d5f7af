// Two texts side by side, one below the other where it is narrow, with the words marked in which they differ.

import { KEYS, amount, make, messageOf, phrase } from "../../display/page/base.js";
import { pythonLine, writeLine } from "./python.js";

export class CopiesView {
  // shell: {say, direction, channel, back(), read(place, from), opened(answer), copy(text)}
  constructor(shell) {
    Object.assign(this, { shell, say: shell.say });
    this.row = 0; // of the table
    this.from = null; // the table, as in `view`
    this.answer = null; // the first one for the row
    this.build();
  }

  state() {
    return { row: this.row, from: this.from };
  }

  restore({ row, from }) {
    if (row !== this.row || from !== this.from) this.open(row, from);
  }

  // ------------------------------------------------------------------------------- building

  build() {
    const { say } = this;
    this.status = make("span", { class: "ck-status", role: "status", "aria-live": "polite" });
    this.problem = make("div", { class: "ck-problem", role: "alert", hidden: true });
    this.titles = [0, 1].map((side) => {
      const title = make("bdi", { dir: "auto" });
      const read = make("button", { type: "button", title: say.read }, say.read);
      read.addEventListener("click", () => this.answer && this.shell.read({ document: this.answer.documents[side] }, {}));
      return { title, read };
    });
    this.body = make("div", {});
    this.more = this.button("later", () => this.request(this.next));
    this.heads = make("div", { class: "ck-beside ck-beside-heads" }, ...this.titles.map(({ title, read }) => make("div", { class: "ck-bar" }, make("h2", { class: "ck-title" }, title), read)));
    this.paper = make("div", { ...KEYS, class: "ck-copies", tabindex: 0, role: "region", "aria-label": say.beside }, this.heads, this.body, this.more);
    this.note = make("p", { class: "ck-beside-note" });
    this.previous = this.button("previous_pair", () => this.turn(-1));
    this.following = this.button("next_pair", () => this.turn(1));
    this.shared = this.button("its_shared", () => this.lines());
    [this.python, this.code] = pythonLine(say, (text) => this.shell.copy(text));
    this.element = make(
      "div", { class: "ck-reading", role: "group", "aria-label": say.beside, hidden: true },
      make(
        "div", { class: "ck-bar" }, this.status, make("span", { class: "ck-group" }, this.previous, this.following),
        this.shared, this.button("close", () => this.shell.back()),
      ),
      this.problem, this.paper, this.note, this.python,
    );
  }

  button(name, act) {
    const button = make("button", { type: "button" }, this.say[name]);
    button.addEventListener("click", () => button.getAttribute("aria-disabled") === "true" || act());
    return button;
  }

  // ------------------------------------------------------------------- requests and answers

  open(row, from) {
    Object.assign(this, { row, from, answer: null });
    this.body.replaceChildren();
    this.more.hidden = true;
    this.request(0);
  }

  request(first) {
    this.element.setAttribute("aria-busy", "true");
    this.shell.channel.ask("beside", { ...this.from, kind: "beside", row: this.row, first }, (answer) => this.receive(answer));
  }

  receive(answer) {
    this.element.removeAttribute("aria-busy");
    this.problem.hidden = !answer.problem;
    this.problem.replaceChildren(messageOf(answer.problem ?? ""));
    const has = this.element.contains(document.activeElement);
    if (!this.element.hidden && !has) this.paper.focus({ preventScroll: true });
    if (answer.problem) return;
    if (answer.first === 0) {
      this.answer = answer;
      this.titles.forEach(({ title, read }, side) => {
        title.textContent = answer.ids[side];
        read.setAttribute("aria-label", `${this.say.read}: ${answer.ids[side]}`);
      });
      this.status.replaceChildren(...phrase(this.say.edits, { number: amount(answer.edits) }));
      this.note.textContent = answer.note;
      writeLine(this.code, answer.code);
      this.previous.setAttribute("aria-disabled", String(this.row === 0));
      this.following.setAttribute("aria-disabled", String(this.row + 1 >= answer.rows));
      this.shared.hidden = !answer.is_pair;
      this.paper.scrollTop = 0;
    }
    this.next = answer.next;
    this.more.hidden = answer.next === null;
    this.body.append(...answer.paragraphs.map((sides) => make("div", { class: "ck-beside" }, ...sides.map((side, place) => this.paragraph(side, place)))));
  }

  // What differs is struck out in the first text and underlined in the second.
  paragraph({ rtl, pieces }, place) {
    return make("p", { dir: rtl ? "rtl" : "ltr" }, ...pieces.map(([differs, text]) => (differs ? make(place === 0 ? "del" : "ins", {}, text) : text)));
  }

  turn(by) {
    this.open(this.row + by, this.from);
  }

  lines() {
    this.shell.channel.ask("row", { ...this.from, kind: "row", row: this.row }, (answer) => {
      this.problem.hidden = !answer.problem;
      this.problem.replaceChildren(messageOf(answer.problem ?? ""));
      if (!answer.problem) this.shell.opened(answer);
    });
  }
}
