// For keyboards and screen readers on every page: a way past menu and inputs, and formulas that scroll by keys.

const [MAIN, PLAY] = ["#stMain", ".rv-play"]; // where a page's own part begins: with its playback, where it has one
const WIDE = ".katex-display, .stCode pre, [data-testid=stMarkdownContainer] table"; // what may scroll
const CALM = 100; // milliseconds without a change before what is new is looked at

// A link that is seen when it is reached: with the first press of Tab.
function skipLink(text) {
  const link = document.querySelector(".skip-link") ?? Object.assign(document.createElement("a"), { className: "skip-link", href: MAIN });
  link.textContent = text;
  link.onclick = (event) => {
    event.preventDefault();
    document.querySelector(`${MAIN} ${PLAY}, ${MAIN}:not(:has(${PLAY}))`)?.focus();
  };
  if (!link.isConnected) document.body.prepend(link);
  return link;
}

function reachable() {
  for (const wide of document.querySelectorAll(WIDE)) {
    const scrolls = wide.scrollWidth > wide.clientWidth;
    if (scrolls === wide.hasAttribute("tabindex")) continue; // written only where it changes
    scrolls ? (wide.tabIndex = 0) : wide.removeAttribute("tabindex");
  }
}

// Begin with a link that says `skip`; return what ends it.
export function accessible(skip) {
  const link = skipLink(skip);
  let waiting;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(reachable, CALM);
  };
  const changes = new MutationObserver(later);
  changes.observe(document.querySelector(MAIN), { childList: true, subtree: true });
  window.addEventListener("resize", later);
  later();
  return () => {
    clearTimeout(waiting);
    changes.disconnect();
    window.removeEventListener("resize", later);
    link.remove();
  };
}
