// Keys press the page's own buttons, so that keyboard and mouse do the same.

// A key that means something where it is pressed, in a field, a slider, a menu, a table or a chart, is not ours.
const TAKEN = "input, textarea, select, [contenteditable=true], [role=slider], [role=combobox], [role=listbox], [role=tab],"
  + " [role=radiogroup], [role=grid], [data-testid=stDataFrame], .race-view";

export default function ({ data }) {
  const listen = (event) => {
    const name = data[event.key];
    const busy = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.target.closest?.(TAKEN);
    const button = name && !busy && document.querySelector(`.st-key-${name} button`);
    if (button && !button.disabled) {
      event.preventDefault();
      button.click();
    }
  };
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}
