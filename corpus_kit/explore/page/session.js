// What was done so far, as Python: a list of steps to go back to, to copy, and to save as a script or a notebook.

import { make, messageOf, phrase } from "../../display/page/base.js";
import { copyButton, toldPlace } from "./python.js";

const TYPES = { script: "text/x-python", notebook: "application/x-ipynb+json" };
const LOADED = 60000; // ms until a file that was saved is given up

export class SessionPanel {
  // shell: {say, direction, channel, model, copy(text), restore(answer), late()}.
  constructor(shell) {
    Object.assign(this, { shell, say: shell.say });
    this.build();
    this.changed = () => this.refresh();
    shell.model.on("change:_page", this.changed);
  }

  close() {
    this.shell.model.off("change:_page", this.changed);
  }

  build() {
    const id = `ck-${Math.random().toString(36).slice(2)}`;
    this.button = make("button", { type: "button", class: "ck-session-button", "aria-expanded": "false", "aria-controls": id, title: this.say.session_title }, this.say.session);
    this.button.addEventListener("click", () => this.toggle());
    this.list = make("ol", { class: "ck-steps", "aria-label": this.say.session_steps });
    this.none = make("p", {}, this.say.no_steps);
    const copy = copyButton(this.say.copy_all, this.say, () => new Promise((done) => this.write("script", (answer) => this.shell.copy(answer.text).then(done))));
    copy.classList.add("ck-copy-all");
    this.files = make("div", { class: "ck-bar" }, copy, this.saver("script"), this.saver("notebook"));
    this.problem = make("div", { class: "ck-session-problem", role: "alert", hidden: true });
    this.panel = make("div", { class: "ck-selection ck-session", id, role: "region", "aria-label": this.say.session_title, hidden: true }, make("div", { class: "ck-steps-place" }, this.none, this.list), toldPlace(this.problem), this.files);
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.toggle();
      this.button.focus();
      event.stopPropagation();
    });
  }

  toggle() {
    this.panel.hidden = !this.panel.hidden;
    this.button.setAttribute("aria-expanded", String(!this.panel.hidden));
    this.refresh();
  }

  // Something may have become a step.
  refresh() {
    if (!this.panel.hidden) this.ask("list", {}, (answer) => this.draw(answer.steps));
  }

  ask(action, part, answered) {
    this.shell.channel.ask(`trace ${action}`, { kind: "trace", do: action, ...part }, (answer) => {
      const problem = answer.problem ?? "";
      this.problem.hidden = problem === "";
      this.problem.replaceChildren(messageOf(problem));
      if (problem === "") answered(answer);
    }, () => this.shell.late());
  }

  // ---------------------------------------------------------------------------------- steps

  draw(steps) {
    const focused = this.list.contains(document.activeElement) ? [...this.list.querySelectorAll("button")].indexOf(document.activeElement) : -1;
    this.none.hidden = steps.length > 0;
    this.files.style.visibility = steps.length === 0 ? "hidden" : "visible"; // its place is kept
    this.list.replaceChildren(...steps.map((step) => this.buildStep(step)));
    if (focused < 0) return;
    const buttons = this.list.querySelectorAll("button");
    (buttons[Math.min(focused, buttons.length - 1)] ?? this.button).focus();
  }

  buildStep({ number, tab, code, current }) {
    const back = make(
      "button", { type: "button", class: "ck-step", title: current ? this.say.step_now : this.say.step_title, "aria-current": current ? "step" : null },
      make("span", { class: "ck-step-tab" }, this.say[`tab_${tab}`] ?? tab), make("span", { class: "ck-step-codes" }, ...code.map((line) => make("code", { dir: "ltr" }, line))),
    );
    back.addEventListener("click", () => this.ask("open", { step: number }, (answer) => this.shell.restore(answer)));
    const title = phrase(this.say.remove_title, { code: code[0] }).join("");
    const remove = make("button", { type: "button", class: "ck-remove", title: this.say.remove, "aria-label": title }, "×");
    remove.addEventListener("click", () => this.ask("remove", { step: number }, (answer) => this.draw(answer.steps)));
    return make("li", {}, back, remove);
  }

  // ---------------------------------------------------------------------------------- files

  write(kind, written) {
    this.ask(kind, {}, written);
  }

  saver(kind) {
    const button = make("button", { type: "button", class: `ck-save-${kind}` }, this.say[`save_${kind}`]);
    button.addEventListener("click", () => this.write(kind, ({ text, name }) => {
      const url = URL.createObjectURL(new Blob([text], { type: TYPES[kind] }));
      make("a", { href: url, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(url), LOADED);
    }));
    return button;
  }
}
