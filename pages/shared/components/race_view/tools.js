// Small buttons in the corner of a picture.

export const icon = (path) => `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${path}"/></svg>`;

// A button that the texts call `name`.
export function tool(name, path, does) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: `rv-tool rv-${name}`, innerHTML: icon(path), onclick: does });
  Object.assign(button.dataset, { label: name, title: name });
  return button;
}

export function corner(figure) {
  const there = figure.querySelector(".rv-tools");
  if (there) return there;
  const tools = Object.assign(document.createElement("div"), { className: "rv-tools" });
  figure.prepend(tools);
  return tools;
}
