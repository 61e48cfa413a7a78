// How a formula reads while it is still being typed, asked of the app's own server; only Enter applies it.

const PAUSE = 150; // milliseconds without a key

class Preview {
  constructor(root) {
    this.line = root.querySelector("p");
    const field = ({ target }) => target.closest?.(`.st-key-${this.data.key}`);
    // What is applied, by Enter or by leaving the field, the page itself speaks of: there is one message.
    this.heard = {
      input: (event) => field(event) && this.wait(event.target.value),
      keydown: (event) => event.key === "Enter" && field(event) && this.show(""),
      focusout: (event) => field(event) && this.show(""),
    };
    for (const [name, listener] of Object.entries(this.heard)) document.addEventListener(name, listener);
  }

  // What the page says: which field it is, what is applied, in which language.
  take(data) {
    this.data = data;
    this.show("");
  }

  show(text) {
    clearTimeout(this.timer);
    this.asked = null;
    this.line.textContent = text;
  }

  wait(text) {
    if (text === this.data.applied) return this.show("");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(text), PAUSE);
  }

  async ask(text) {
    const asked = (this.asked = {});
    const query = new URLSearchParams({ formula: text, lang: this.data.language });
    const answer = await fetch(new URL(`../../preview?${query}`, import.meta.url)).catch(() => null); // the page says when the server is gone
    const said = answer ? await answer.text() : "";
    if (this.asked === asked) this.line.textContent = said;
  }

  remove() {
    this.show("");
    for (const [name, listener] of Object.entries(this.heard)) document.removeEventListener(name, listener);
  }
}

const previews = new WeakMap();

export default function ({ data, parentElement }) {
  if (!previews.has(parentElement)) previews.set(parentElement, new Preview(parentElement));
  previews.get(parentElement).take(data);
  return () => {
    previews.get(parentElement)?.remove();
    previews.delete(parentElement);
  };
}
