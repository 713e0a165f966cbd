// Words that were searched for are marked on the page of a recording, and walked through one by one.
const nav = document.querySelector("[data-hits]");
const phrases = nav ? JSON.parse(nav.dataset.hits) : [];
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

// Letters without case and accents, sign for sign; what parts words is a space: as the index reads them.
const folded = (text) =>
  Array.from(text, (sign) => {
    const bare = sign.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const letter = /^[\p{L}\p{N}]/u.test(bare) ? bare.slice(0, 1) : " ";
    return letter.padEnd(sign.length);
  }).join("");

const pattern = ([text, goesOn, isAnywhere]) => {
  if (isAnywhere) return null;
  const words = folded(text).split(" ").filter(Boolean).map(escaped);
  return words.length ? new RegExp(`(?<![^ ])${words.join(" +")}${goesOn ? "[^ ]*" : "(?![^ ])"}`, "g") : null;
};
const patterns = phrases.map(pattern).filter(Boolean);
const anywhere = phrases.filter(([text, , isAnywhere]) => isAnywhere && text).map(([text]) => text.toLowerCase());

const found = (node) => {
  const text = node.data;
  const spans = [];
  const made = folded(text);
  for (const one of patterns) for (const hit of made.matchAll(one)) spans.push([hit.index, hit.index + hit[0].length]);
  const low = text.toLowerCase();
  for (const word of anywhere) for (let at = low.indexOf(word); at >= 0; at = low.indexOf(word, at + word.length)) spans.push([at, at + word.length]);
  spans.sort((one, other) => one[0] - other[0]);
  return spans.map(([start, end]) => {
    const range = new Range();
    range.setStart(node, start);
    range.setEnd(node, end);
    return range;
  });
};

// What recordings say stands in these; labels and counts around it are the page's own words.
const SAID = ".part-body, .question, .exhibits";
// The line of a fold repeats how it begins: that counts only while the rest is not there.
const isSaid = (element) => {
  if (element.closest(".line-facts, .only-read, .strip")) return false;
  const line = element.closest("summary");
  return !line || line.parentElement.querySelector(":scope > .fold-body > [data-fold-load]") !== null;
};
let ranges = [];
let here = -1;
const paint = () => {
  if (!globalThis.CSS?.highlights) return;
  CSS.highlights.set("hits", new Highlight(...ranges));
  CSS.highlights.set("hit-here", new Highlight(...ranges.slice(here, here + 1).filter(() => here >= 0)));
};
const mark = () => {
  ranges = [];
  here = -1;
  for (const place of document.querySelectorAll("#view :is(" + SAID + ")")) {
    if (place.parentElement.closest(SAID)) continue;
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (isSaid(walker.currentNode.parentElement)) ranges.push(...found(walker.currentNode));
  }
  document.querySelector("[data-hits-walk]").hidden = !ranges.length;
  paint();
};

const go = (step) => {
  if (!ranges.length) return;
  here = here < 0 ? (step > 0 ? 0 : ranges.length - 1) : (here + step + ranges.length) % ranges.length;
  const node = ranges[here].startContainer.parentElement;
  for (let fold = node.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  node.scrollIntoView({ block: "nearest" });
  const top = ranges[here].getBoundingClientRect().top;
  if (top < 80 || top > innerHeight - 200) scrollBy({ top: top - innerHeight / 3 });
  paint();
  document.dispatchEvent(new CustomEvent("recviewer:say", { detail: `${here + 1} of ${ranges.length}: ${ranges[here]}` }));
};

if (nav) {
  nav.addEventListener("click", (event) => {
    const step = event.target.closest("[data-hits-step]");
    if (step) go(Number(step.dataset.hitsStep));
  });
  document.addEventListener("htmx:afterSettle", mark);
  mark();
}
