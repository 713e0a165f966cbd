// Going from one to the next: a recording that was opened from a list has its neighbours there; who comes from the item before
// is led to the heading, and told where they are and what was done.
const LIST = `recviewer:list${document.body.dataset.site ?? ""}`; // as list.js calls it
const nav = document.querySelector("[data-around]");

const listed = () => {
  try {
    return sessionStorage.getItem(LIST);
  } catch {
    return null; // without storage there is Back
  }
};

// Ends of lists are reached by holding a key: what is asked for here leads on, and nothing else.
const fill = async () => {
  const list = listed();
  if (!nav || !list) return;
  const asked = new URLSearchParams({ key: nav.dataset.of, in: list });
  const answer = await fetch(`${nav.dataset.around}?${asked}`);
  if (answer.status !== 200) return;
  nav.innerHTML = await answer.text();
  nav.hidden = false;
};
fill().catch(() => {});

const WALKED = "recviewer:walked"; // as page.js calls it
const note = (how) => {
  try {
    sessionStorage.setItem(WALKED, how);
  } catch {
    // the heading is not led to
  }
};

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-around] a[rel], .tape a, .bar-more a")) note("moved");
});
document.addEventListener("submit", (event) => {
  if (event.target.closest(".bar[data-queue], form[data-queue]")) note("acted");
});

const arrive = () => {
  let walked = null;
  try {
    walked = sessionStorage.getItem(WALKED);
    sessionStorage.removeItem(WALKED);
  } catch {
    return;
  }
  const heading = document.querySelector("main h1");
  if (!walked || !heading || location.hash || document.activeElement !== document.body) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  // What was done last stands on each page; it is told once, by that to which it led.
  const told = walked === "acted" ? [".bar-last .bar-act", ".tape-count"] : [".tape-count"];
  const said = told.map((one) => document.querySelector(one)?.textContent.trim()).filter(Boolean);
  if (said.length) document.dispatchEvent(new CustomEvent("recviewer:say", { detail: said.join(". ") }));
};
arrive();

// An address may point at a line or a chunk that stands in another window: that one is fetched.
const lead = () => {
  const [, kind, digits] = /^#(L|chunk-)(\d{1,9})$/.exec(location.hash) ?? [];
  if (!kind || document.getElementById(location.hash.slice(1))) return;
  const number = Number(digits);
  const query = new URLSearchParams(location.search);
  query.set("view", kind === "L" ? "raw" : "chunks");
  const name = kind === "L" ? "lines" : "from";
  const value = kind === "L" ? `${Math.max(1, number - 50)}-${number + 150}` : String(number);
  if (query.get(name) === value) return; // there is no such line
  query.set(name, value);
  location.replace(`?${query}${location.hash}`);
};
addEventListener("hashchange", lead);
lead();
