// Who else has this open. It is asked while somebody is at the page, and not while the tab is hidden or nothing was moved for
// five minutes: then the server hears nothing.
const FIRST = 1_500;
const EVERY = 20_000;
const IDLE = 300_000;

const line = document.querySelector("[data-presence]");
let moved = Date.now();

const ask = async () => {
  if (document.hidden || Date.now() - moved > IDLE) return;
  try {
    const answer = await fetch(line.dataset.presence, { headers: { "HX-Request": "true" }, redirect: "error" });
    const words = answer.status === 200 ? await answer.text() : "";
    if (line.textContent !== words) line.textContent = words;
  } catch {
    line.textContent = "";
  }
};

if (line) {
  for (const kind of ["keydown", "pointermove", "scroll"]) addEventListener(kind, () => (moved = Date.now()), { passive: true });
  document.addEventListener("visibilitychange", ask);
  setTimeout(ask, FIRST);
  setInterval(ask, EVERY);
}
