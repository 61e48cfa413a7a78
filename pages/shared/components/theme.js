// When a device turns dark or light Streamlit draws its own parts anew, but runs no page: pictures would stay as they were.

const scheme = (app) => getComputedStyle(app).colorScheme;

// Tell `changed` the new theme; return what stops that.
export function themed(changed) {
  const app = document.querySelector(".stApp");
  let shown = scheme(app);
  const changes = new MutationObserver(() => {
    const now = scheme(app);
    if (now === shown) return;
    shown = now;
    changed(now);
  });
  changes.observe(app, { attributes: true, attributeFilter: ["class"] });
  return () => changes.disconnect();
}
