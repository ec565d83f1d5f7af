// The form for a new coding project.

import { make, phrase } from "../../display/page/base.js";

// A project of the lines of the concordance, or of documents.
export class ProjectForm {
  // tab: the tab of coding.
  constructor(tab) {
    Object.assign(this, { tab, say: tab.say });
    this.build();
  }

  build() {
    const { say } = this;
    const text = (attributes) => make("input", { type: "text", class: "ck-entry", dir: "auto", autocomplete: "off", ...attributes });
    this.folder = text({ maxlength: 100 });
    this.question = text({ maxlength: 1000 });
    this.unit = make("select", {}, make("option", { value: "line" }), make("option", { value: "document" }));
    this.codes = make("textarea", { class: "ck-entry", dir: "auto", rows: 4 });
    this.coders = text({ maxlength: 2000 });
    this.sample = make("input", { type: "number", min: 1, max: 1000000, dir: "ltr", value: 100 });
    this.by = this.tab.columns();
    this.overlap = make("input", { type: "number", min: 0, max: 100, dir: "ltr", value: 100 });
    this.blind = make("input", { type: "checkbox" });
    this.blind.checked = true;
    const field = (name, input) => make("label", { title: say[`${name}_title`] ?? null }, make("span", {}, say[name]), input);
    const submit = make("button", { type: "submit", class: "ck-run" }, say.make_project);
    this.form = make(
      "form", { class: "ck-project-form" },
      field("folder", this.folder), field("units_are", this.unit), field("question", this.question), field("codes_lines", this.codes), field("coders", this.coders),
      make(
        "div", { class: "ck-bar" }, field("sample_size", this.sample), field("strata", this.by), field("overlap", this.overlap),
        make("label", { class: "ck-toggle", title: say.blind_title }, this.blind, make("span", {}, say.blind)), submit,
      ),
    );
    this.form.noValidate = true;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.element = make("details", { class: "ck-new-project", hidden: true }, make("summary", {}, say.new_project), this.form);
  }

  focus() {
    this.folder.focus();
  }

  // What could be coded now.
  take({ project, lines, pattern, documents }) {
    const { say, tab } = this;
    const [line, document] = this.unit.options;
    line.textContent = lines > 0 ? phrase(say.unit_lines, { pattern, number: lines.toLocaleString("en-US") }).join("") : say.unit_no_lines;
    document.textContent = phrase(say.unit_documents, { number: documents.toLocaleString("en-US") }).join("");
    line.disabled = lines === 0;
    if (tab.prefers !== "" || this.element.hidden) this.unit.value = lines > 0 ? tab.prefers || "line" : "document";
    tab.prefers = "";
    if (this.element.hidden && project === null) this.element.open = true;
    this.element.hidden = false;
  }

  send() {
    const sample = Number.parseInt(this.sample.value, 10);
    const overlap = Number.parseInt(this.overlap.value, 10);
    const asked = {
      folder: this.folder.value, unit: this.unit.value, question: this.question.value, codes: this.codes.value, coders: this.coders.value,
      sample: Number.isNaN(sample) ? null : sample, by: this.by.value, overlap: Number.isNaN(overlap) ? 1 : overlap / 100, blind: this.blind.checked,
    };
    this.tab.request("project_new", asked, (answer, failed) => failed || this.tab.made(answer));
  }
}
