// Runs before the first paint, so that nothing flashes: what the reader chose once stands on <html>. A key that is pressed
// before the other scripts have run is kept, and given to keys.js when all of them listen.
(() => {
  const MOST = 20; // keys
  const pressed = [];
  const keep = (event) => {
    if (!event.defaultPrevented && !event.repeat && pressed.length < MOST) pressed.push(event);
  };
  addEventListener("keydown", keep);
  document.addEventListener("DOMContentLoaded", () => {
    removeEventListener("keydown", keep);
    document.dispatchEvent(new CustomEvent("recviewer:pressed", { detail: pressed }));
  });

  const root = document.documentElement;
  root.dataset.js = "";
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem("recviewer") || "{}");
  } catch {
    return;
  }
  if (kept.theme === "light" || kept.theme === "dark") root.dataset.theme = kept.theme;
  if (kept.keys === "off") root.dataset.keys = "off";
  if (kept.seams === "on") root.dataset.seams = "on";
})();
