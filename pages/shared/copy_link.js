// Copies the address bar, which is the experiment, to the clipboard and says so.
export default function ({ parentElement }) {
  const button = parentElement.querySelector("button");
  const text = button.querySelector("span");
  button.onclick = async () => {
    const link = window.location.href;
    try {
      await navigator.clipboard.writeText(link);
      text.textContent = "Copied";
    } catch {
      // Without https browsers may forbid the clipboard: show the link, selected, so that one key press copies it.
      window.prompt("Copy this link", link);
    }
    setTimeout(() => (text.textContent = "Copy link"), 1500);
  };
}
