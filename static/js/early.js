// Runs before the first paint, so that nothing flashes: what the reader chose once stands on <html>.
(() => {
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
