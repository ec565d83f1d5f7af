// The charts of a tab: which one is chosen, its picture, and what a click opens or lets grow.

import { amount, isolated, make, messageOf } from "../../display/page/base.js";
import { drawPicture } from "../../plots/page/charts.js";
import { pythonLine, toldPlace, writeLine } from "./python.js";

const NAMED = 12; // words of a selection that are shown
const SAVED = 60000; // ms until a file that was saved is given up

export class ChartPane {
  // shell as in TableTab; plots: their names; message(kind): what the table was asked for; opened(answer); only(words)
  // shows some words alone, null where that cannot be; hasRows(): whether there is a table to draw, which says else why.
  constructor(shell, plots, state, { message, opened, only, hasRows }) {
    Object.assign(this, { shell, say: shell.say, plots, message, opened, only, hasRows });
    this.plot = plots.includes(state?.plot) ? state.plot : "";
    this.words = state?.words ?? []; // whose collocates were added to a network
    this.drawn = null;
    this.build();
  }

  state() {
    return { plot: this.plot, words: this.words };
  }

  close() {
    this.drawn?.close();
  }

  build() {
    const options = [["", "—"], ...this.plots.map((name) => [name, this.say[`plot_${name}`]])];
    this.choice = make("select", {}, ...options.map(([value, text]) => make("option", { value }, text)));
    this.choice.value = this.plot;
    this.choice.addEventListener("change", () => {
      this.plot = this.choice.value;
      this.refresh();
    });
    this.label = make("label", { class: "ck-chart-choice" }, make("span", {}, this.say.chart), this.choice);
    this.problem = make("div", { class: "ck-problem", role: "alert", hidden: true });
    this.picture = make("div", { class: "ck-picture" });
    this.names = make("span", { class: "ck-chosen-words" });
    const actions = [["lines", () => this.askMarks("lines")], ...(this.only ? [["only", () => this.askMarks("only")]] : [])];
    this.chosen = make("div", { class: "ck-bar ck-chosen" }, this.names, ...actions.map(([name, act]) => this.button(`chosen_${name}`, act)));
    [this.python, this.line] = pythonLine(this.say, (text) => this.shell.copy(text));
    this.line.className = "ck-chart-code";
    this.python.append(...["png", "svg"].map((format) => this.button(`save_${format}`, () => this.save(format))));
    this.element = make("div", { class: "ck-chart-pane", hidden: this.plot === "" }, toldPlace(this.problem), this.picture, this.chosen, this.python);
    this.choose([]);
  }

  button(name, act) {
    const button = make("button", { type: "button", class: `ck-${name.replace("_", "-")}`, title: this.say[`${name}_title`] }, this.say[name]);
    button.addEventListener("click", act);
    return button;
  }

  // Marks were selected: their words are shown, and what can be done with them. Its place is kept.
  choose(marks) {
    this.marks = marks;
    this.chosen.style.visibility = marks.length > 0 ? "visible" : "hidden";
    const names = [...new Set(marks.map((mark) => this.drawn.picture.marks[mark][0]))];
    const shown = names.slice(0, NAMED).flatMap((name, place) => [place > 0 ? this.say.comma : "", isolated(name, "auto")]);
    this.names.replaceChildren(...shown, ...(names.length > NAMED ? [" … ", amount(names.length - NAMED)] : []));
  }

  askMarks(what) {
    this.request("marks", { do: what, marks: this.marks }, (answer) => (what === "only" ? this.only(answer.only) : this.opened(answer)));
  }

  save(format) {
    this.request("image", { format }, ({ name, type, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const url = URL.createObjectURL(new Blob([bytes], { type }));
      make("a", { href: url, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(url), SAVED);
    });
  }

  // Ask Python something about the picture.
  request(kind, part, answered) {
    this.shell.channel.ask(kind === "image" ? kind : "row", { ...this.message(kind), plot: this.plot, words: this.words, ...part }, (answer) => {
      this.problem.hidden = !answer.problem;
      this.problem.replaceChildren(messageOf(answer.problem ?? ""));
      if (!answer.problem) answered(answer);
    });
  }

  // The table was asked for anew: so is its chart.
  refresh() {
    this.element.hidden = this.plot === "";
    if (this.plot !== "") this.ask({});
    else this.shell.changed();
  }

  reset() {
    this.words = [];
  }

  ask(part) {
    this.shell.changed();
    this.element.setAttribute("aria-busy", "true");
    this.shell.channel.ask(
      `${this.plot} chart`, { ...this.message("chart"), plot: this.plot, words: this.words, ...part }, (answer) => this.receive(answer),
    );
  }

  receive(answer) {
    this.element.setAttribute("aria-busy", "false");
    this.element.hidden = this.plot === "" || !this.hasRows();
    this.drawn?.close();
    this.drawn = null;
    this.picture.replaceChildren();
    this.choose([]);
    this.problem.hidden = !answer.problem;
    this.problem.replaceChildren(messageOf(answer.problem ?? ""));
    if (answer.problem || answer.plot !== this.plot) return;
    this.words = answer.words;
    writeLine(this.line, answer.code);
    this.shell.stepped();
    this.drawn = drawPicture(this.picture, answer.picture, {
      direction: this.shell.direction, say: this.say,
      onOpen: (row, mark) => this.open(mark),
      room: () => this.picture.clientHeight,
      opensAll: ` · ${this.say.opens_all}`,
      onSelect: (marks) => this.choose(marks),
      ...(answer.picture.kind === "Graph" ? { onGrow: (mark) => this.ask({ grow: mark }) } : {}),
    });
  }

  open(mark) {
    this.request("mark", { mark }, (answer) => this.opened(answer));
  }
}
