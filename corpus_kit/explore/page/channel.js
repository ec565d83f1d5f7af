// Requests of one page to Python, and their answers. One request of a name is under way at a time; the newest waits
// for its answer, and takes the place of others that wait.

const PATIENT = 10000; // ms until the reader is told that there is no answer yet

export class Channel {
  // late() is called if an answer does not come for long, and inTime() whenever one comes.
  constructor(model, client, { late, inTime }) {
    Object.assign(this, { model, client, late, inTime });
    this.number = 0;
    this.waiting = new Map(); // by name: {number, answered, progressed, patience, timer, next}
    this.heard = (message) => this.receive(message);
    model.on("msg:custom", this.heard);
  }

  close() {
    this.model.off("msg:custom", this.heard);
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
  }

  // Send a message; `answered` gets its answer, unless another one of this name was asked for meanwhile; `progressed`
  // gets the percentage that is done, of what tells it. `patience` is for what takes long and cannot tell.
  ask(name, message, answered, progressed = () => {}, patience = PATIENT) {
    const before = this.waiting.get(name);
    if (before && !before.isLate) {
      before.next = [message, answered, progressed, patience];
      return;
    }
    const request = { number: ++this.number, answered, progressed, patience, next: null, isLate: false };
    this.waiting.set(name, request);
    this.expect(name, request);
    this.model.send({ ...message, client: this.client, number: request.number });
  }

  // Wait for an answer, or for progress.
  expect(name, request) {
    clearTimeout(request.timer);
    request.isLate = false;
    request.timer = setTimeout(() => {
      request.isLate = true;
      this.late();
      if (request.next) this.end(name);
    }, request.patience);
  }

  // Forget a request, and return whether a newer one is sent instead.
  end(name) {
    const { timer, next } = this.waiting.get(name);
    clearTimeout(timer);
    this.waiting.delete(name);
    if (next) this.ask(name, ...next);
    return next !== null;
  }

  receive(message) {
    if (message?.client !== this.client) return;
    for (const [name, request] of this.waiting) {
      if (request.number !== message.number) continue;
      this.inTime();
      if (message.kind === "progress") {
        this.expect(name, request);
        request.progressed(message.percent);
      } else if (!this.end(name)) request.answered(message);
      return;
    }
  }
}
