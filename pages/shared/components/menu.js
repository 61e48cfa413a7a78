// The menu on a phone, where it covers the page: closed when a page was chosen from it, and closed when the page is loaded anew.

const PHONE = window.matchMedia("(max-width: 767.98px)"); // where Streamlit itself has the pages' names in the menu
const OPEN = "[data-testid=stSidebar][data-collapsed=false] [data-testid=stSidebarCollapseButton] button";
const KEPT = "stSidebarCollapsed-"; // under which Streamlit keeps what was open, and opens it again over the page

function forget() {
  if (!PHONE.matches) return;
  for (const key of Object.keys(localStorage)) key.startsWith(KEPT) && localStorage.removeItem(key);
}

// Streamlit closes it too, but only on devices whose browser says that it is a phone's: so look first what it has done.
function chosen({ target }) {
  if (!PHONE.matches || !target.closest?.("[data-testid=stSidebarNavLink]")) return;
  setTimeout(() => {
    document.querySelector(OPEN)?.click();
    forget(); // a window made wide again has the menu as before
  });
}

export function closingMenu() {
  document.addEventListener("click", chosen);
  window.addEventListener("pagehide", forget);
  document.addEventListener("visibilitychange", forget); // a phone may end a page that nobody sees without a word
  return () => {
    document.removeEventListener("click", chosen);
    window.removeEventListener("pagehide", forget);
    document.removeEventListener("visibilitychange", forget);
  };
}
