// The current chunk of a strip: hover or ←/→ marks it in the strip and in the words at once, and says it in the line below.
const parts = (strip) => {
  const place = strip.closest(".part") ?? document;
  return { place, line: strip.parentElement.querySelector("[data-strip-said]") };
};

const mark = (strip, cell) => {
  const { place, line } = parts(strip);
  for (const old of strip.querySelectorAll("[aria-current]")) old.removeAttribute("aria-current");
  for (const old of document.querySelectorAll(".seam[data-lit]")) delete old.dataset.lit;
  if (!cell) {
    if (line?.dataset.rest) line.textContent = line.dataset.rest;
    return;
  }
  cell.setAttribute("aria-current", "true");
  const number = Number(cell.dataset.chunk);
  const per = Number(strip.dataset.perCell);
  const texts = [];
  for (let chunk = number; chunk < number + per; chunk += 1) {
    for (const seam of document.querySelectorAll(`.seam[data-chunk="${chunk}"]`)) {
      seam.dataset.lit = "";
      texts.push(seam.textContent);
    }
  }
  if (!line) return;
  line.dataset.rest ??= line.textContent;
  const last = Math.min(number + per - 1, Number(strip.dataset.strip));
  const which = last > number ? `chunks ${number}–${last}` : `chunk ${number}`;
  line.textContent = `${which} of ${strip.dataset.strip}${texts.length ? `: ${JSON.stringify(texts.join("").slice(0, 60))}` : ""}`;
};

document.addEventListener("pointerover", (event) => {
  if (!(event.target instanceof Element)) return;
  const cell = event.target.closest(".cell");
  if (cell) {
    mark(cell.closest(".strip"), cell);
    return;
  }
  const seam = event.target.closest(".seam");
  const strip = document.querySelector(".strip");
  if (!seam || !strip || document.documentElement.dataset.seams !== "on") return;
  const number = Number(seam.dataset.chunk);
  const cells = [...strip.querySelectorAll(".cell")];
  mark(strip, cells.findLast((one) => Number(one.dataset.chunk) <= number));
});

document.addEventListener("pointerout", (event) => {
  const strip = event.target instanceof Element && event.target.closest(".strip");
  if (strip && !strip.contains(event.relatedTarget)) mark(strip, null);
});

document.addEventListener("keydown", (event) => {
  const hand = event.target instanceof Element && event.target.closest("[data-strip-hand]");
  if (!hand || !["ArrowLeft", "ArrowRight", "Enter"].includes(event.key)) return;
  const strip = hand.closest(".strip");
  const cells = [...strip.querySelectorAll(".cell")];
  const here = cells.findIndex((cell) => cell.hasAttribute("aria-current"));
  event.preventDefault();
  if (event.key === "Enter") {
    cells[here]?.click();
    return;
  }
  const next = Math.max(0, Math.min(cells.length - 1, here + (event.key === "ArrowRight" ? 1 : -1)));
  mark(strip, cells[next]);
  const line = parts(strip).line;
  document.dispatchEvent(new CustomEvent("recviewer:say", { detail: line ? line.textContent : `chunk ${cells[next].dataset.chunk}` }));
});

document.addEventListener("focusout", (event) => {
  const hand = event.target instanceof Element && event.target.closest("[data-strip-hand]");
  if (hand) mark(hand.closest(".strip"), null);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-open-folds]")) return;
  const folds = [...document.querySelectorAll(".main .fold")];
  const open = folds.some((fold) => !fold.open);
  for (const fold of folds) fold.open = open;
  document.dispatchEvent(new CustomEvent("recviewer:say", { detail: open ? "Everything is open" : "Everything is closed" }));
});
