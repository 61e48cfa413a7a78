// Keeps the address bar equal to the experiment, and copies it to the clipboard.
// Streamlit writes a changed input into the address bar itself, but after some sequences of changes it stops doing so.
function repairAddress({ query, keys }) {
  const own = new RegExp(keys);
  const address = new URLSearchParams(window.location.search);
  const wanted = new URLSearchParams([...address].filter(([key]) => !own.test(key)));
  Object.entries(query).forEach(([key, text]) => wanted.append(key, text));
  const ours = (parameters) => [...parameters].map(([key, text]) => `${key}=${Number(text) || text}`).sort().join("&");
  if (ours(address) !== ours(wanted)) {
    const search = wanted.toString();
    window.history.replaceState(window.history.state, "", window.location.pathname + (search ? `?${search}` : ""));
  }
}

export default function ({ data, parentElement }) {
  // After Streamlit's own writing, which after a change of page comes in several goes.
  parentElement.repairs?.forEach(clearTimeout);
  parentElement.repairs = [300, 900, 1800, 3000].map((delay) => setTimeout(() => repairAddress(data), delay));
  const button = parentElement.querySelector("button");
  const text = button.querySelector("span");
  button.title = data.texts.title;
  if (text.textContent !== data.texts.button) text.textContent = data.texts.button; // the same, written again, is laid out again
  button.onclick = async () => {
    repairAddress(data);
    const link = window.location.href;
    try {
      await navigator.clipboard.writeText(link);
      text.textContent = data.texts.copied;
    } catch {
      // Without https browsers may forbid the clipboard: show the link, selected, so that one key press copies it.
      window.prompt(data.texts.ask, link);
    }
    setTimeout(() => (text.textContent = data.texts.button), 1500);
  };
  return () => parentElement.repairs.forEach(clearTimeout);
}
