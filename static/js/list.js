// The recordings list: j and k move through the rows, Backspace in the empty box takes back the last filter.
// Further answers to a question lie behind a line, which is a stop of its own.
const links = () => [...document.querySelectorAll(".row-link, [data-rows-alike] > summary, [data-rows-more]")].filter((one) => one.checkVisibility());
const open = (link) => {
  const fold = link?.closest("[data-rows-alike]");
  if (fold) fold.open = true;
  return link;
};
const every = () => [...document.querySelectorAll(".row-link, [data-rows-more]")];

// Where the hands were last: Esc out of a field, or a swap, does not send them back to the first row.
let at = "";

const move = (step) => {
  const rows = links();
  const here = rows.findIndex((link) => (rows.includes(document.activeElement) ? link === document.activeElement : link.href === at));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[next]?.focus();
};

document.addEventListener("focusin", (event) => {
  const link = event.target.closest(".row")?.querySelector(".row-link") ?? event.target.closest("[data-rows-more]");
  if (link) at = link.href;
});

// Back from a recording leads to its row. So does an act, which names its first row in the address; where the list holds that
// one no more, the hands are where they were.
const PLACE = "recviewer:row";
// The list's own address, its filters in order, as acts come back to it.
const address = () => document.querySelector("[data-bulk] [name=next]")?.value ?? location.pathname + location.search;
addEventListener("pagehide", () => {
  try {
    sessionStorage.setItem(`${PLACE} ${address()}`, JSON.stringify([at, links().findIndex((link) => link.href === at)]));
  } catch {
    // without storage the hands begin at the first row
  }
});
const kept = () => {
  try {
    const [row, number] = JSON.parse(sessionStorage.getItem(`${PLACE} ${address()}`) ?? "[]");
    return row === undefined ? null : { row, number };
  } catch {
    return null; // what is kept there is not ours
  }
};
const named = /^#row-\d+$/.test(location.hash) ? location.hash.slice(1) : "";
const comeBack = () => {
  const rows = links();
  const place = kept();
  if (named) {
    const asked = open(document.getElementById(named)?.querySelector(".row-link"));
    (asked ?? rows[Math.min(place?.number ?? 0, rows.length - 1)])?.focus();
    history.replaceState(history.state, "", location.pathname + location.search);
  } else if (location.hash === "#list" && performance.getEntriesByType("navigation")[0]?.type === "navigate") {
    // The hands go on where another page begins; until it has loaded, the browser takes the focus to the place that is named.
    addEventListener("load", () => document.activeElement === document.body && rows[0]?.focus({ preventScroll: true }));
  } else if (place && performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
    open(every().find((link) => link.href === place.row))?.focus({ preventScroll: true });
  }
};
comeBack();

// What is opened from here is read in the order of this list: see walk.js.
document.addEventListener("click", (event) => {
  if (!event.target.closest(".row-link")) return;
  try {
    sessionStorage.setItem(`recviewer:list${document.body.dataset.site ?? ""}`, new URL(address(), location.href).search || "?");
  } catch {
    // without storage there is Back
  }
});

document.addEventListener("recviewer:next", () => move(1));
document.addEventListener("recviewer:previous", () => move(-1));
document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-moves]");
  if (control) move(Number(control.dataset.moves));
});

document.addEventListener("keydown", (event) => {
  if (!event.target.matches("[data-search]")) return;
  if (event.key === "Backspace" && event.target.value === "") [...document.querySelectorAll("[data-chip]")].at(-1)?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Backspace" && event.target.matches("[data-chip]")) {
    event.preventDefault();
    event.target.click();
  }
});

// The filters are open where there is room for them, and behind a line where there is not.
const wide = matchMedia("(width >= 1000px)");
const settle = () => {
  for (const fold of document.querySelectorAll("[data-facets-fold]")) fold.open = wide.matches;
};
wide.addEventListener("change", settle);
settle();
document.addEventListener("htmx:after:swap", settle);

// A choice closes when something else is clicked.
document.addEventListener("click", (event) => {
  for (const choice of document.querySelectorAll("[data-choice][open]")) {
    if (!choice.contains(event.target)) choice.open = false;
  }
});

// Ticks: x ticks the row under the hands, Shift+x up to it from the last; the bar below says what is chosen.
const ticks = () => [...document.querySelectorAll("[data-tick]")];
let last = null;

const size = (bytes) =>
  bytes < 1000 ? `${bytes} B` : bytes < 999950 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;

const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

const chosen = window.recviewerChosen;

// The page's ticks are kept with those of other pages; all of them are what the bar counts, and what its buttons reach.
const tell = (changed = 0) => {
  const bar = document.querySelector("[data-bulk-bar]");
  chosen.take(ticks());
  const every = chosen.all();
  const places = new Set(ticks().map((tick) => chosen.placeOf(tick.value)));
  const hidden = every.filter((one) => !places.has(chosen.placeOf(one.item)));
  tellApart(every, bar ? 0 : hidden.length);
  if (!bar) return;
  bar.toggleAttribute("data-on", every.length + changed > 0);
  const bytes = every.reduce((sum, one) => sum + Number(one.bytes), 0);
  const tests = new Set(every.map((one) => one.test).filter(Boolean)).size;
  const others = beside(every);
  bar.querySelector("[data-elsewhere]").value = hidden.map((one) => one.item).join(" ");
  bar.querySelector("[data-elsewhere]").disabled = !hidden.length;
  bar.querySelector("[data-compare]").hidden = every.length !== 2;
  const show = bar.querySelector("[data-shows-choice]");
  show.hidden = !hidden.length;
  show.textContent = `show the ${every.length.toLocaleString("en")}`;
  bar.querySelector("[data-bulk-said]").textContent = [
    `${every.length.toLocaleString("en")} selected`,
    ...(hidden.length ? [`${hidden.length.toLocaleString("en")} not shown`] : []),
    ...(changed ? [`${count(changed, "recording")} changed since, and ${changed === 1 ? "is" : "are"} selected no more`] : []),
    ...(tests ? [count(tests, "test")] : []),
    size(bytes),
    ...(others ? [`together with ${others.toLocaleString("en")} ${others === 1 ? "other that says" : "others that say"} the same`] : []),
  ].join(" · ");
};

// Where a list holds nothing there is no bar: a line says what is chosen all the same.
const tellApart = (every, hidden) => {
  const line = document.querySelector("[data-chosen-apart]");
  if (!line) return;
  line.hidden = !hidden;
  line.querySelector("[name=item]").value = every.map((one) => one.item).join(" ");
  line.querySelector("[data-chosen-said]").textContent = `${hidden.toLocaleString("en")} selected, not shown here`;
};

// How many others say the same as what is selected, and so are decided too: each meaning once, without the selected ones.
const beside = (every) => {
  const bySubject = new Map();
  for (const { subject, total } of every) {
    if (subject) bySubject.set(subject, (bySubject.get(subject) ?? Number(total)) - 1);
  }
  return [...bySubject.values()].reduce((sum, left) => sum + left, 0);
};

const span = (from, to, checked) => {
  const all = ticks().filter((tick) => tick.checkVisibility()); // nothing is chosen that is not seen
  const [start, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  if (start >= 0) for (const tick of all.slice(start, end + 1)) tick.checked = checked;
};

document.addEventListener("click", (event) => {
  const tick = event.target.closest("[data-tick]");
  if (tick) {
    if (event.shiftKey && last) span(last, tick, tick.checked);
    last = tick;
    tell();
  }
  const compare = event.target.closest("[data-compare]");
  if (compare) {
    const [old, now] = chosen.all().map((one) => chosen.placeOf(one.item));
    location.assign(`${compare.dataset.compare}?old=${old}&new=${now}`);
  }
  if (event.target.closest("[data-untick]")) {
    for (const one of ticks()) one.checked = false;
    chosen.drop();
    tell();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "x" || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  const tick = document.activeElement?.closest(".row")?.querySelector("[data-tick]");
  if (!tick) return;
  event.preventDefault();
  tick.checked = !tick.checked;
  if (event.shiftKey && last) {
    tick.checked = true;
    span(last, tick, true);
  }
  last = tick;
  tell();
});

const show = () => {
  tell(chosen.give(ticks()));
  for (const tick of document.querySelectorAll("[data-rows-alike] [data-tick]:checked")) open(tick);
};
document.addEventListener("htmx:after:swap", show);
const comeAgain = () => {
  chosen.settle();
  show();
};
addEventListener("pageshow", (event) => event.persisted && comeAgain());
comeAgain();
