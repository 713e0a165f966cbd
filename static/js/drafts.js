// Drafts: the words of a reason or a note stay on this device until they were sent, through j, s, a verdict, a reload and a
// crash, and are offered again. They are never sent but by the form that they were typed in.
//
// data-draft on a field: what kind of words, about what. Kept in localStorage, one entry for each field.
const ALL = "recviewer:draft:";
const MINE = `${ALL}${document.body.dataset.site ?? ""}${document.body.dataset.actor ?? ""}:`;
const MOST = 60; // drafts; the oldest go
const LONGEST = 20_000; // characters of one
const SENT = "recviewer:sent";

const nameOf = (field) => MINE + field.dataset.draft;

// Storage may be full or forbidden: then there are no drafts, and nothing else is lost.
const trying = (act) => {
  try {
    return act();
  } catch {
    return null;
  }
};
const read = (name) => trying(() => JSON.parse(localStorage.getItem(name)));
const drop = (name) => trying(() => localStorage.removeItem(name));

const tidy = () => {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(ALL));
  if (names.length <= MOST) return;
  const byAge = names.map((name) => [read(name)?.at ?? 0, name]).sort(([a], [b]) => a - b);
  for (const [, name] of byAge.slice(0, names.length - MOST)) drop(name);
};

const keep = (name, words) =>
  trying(() => {
    localStorage.setItem(name, JSON.stringify({ words: words.slice(0, LONGEST), at: Date.now() }));
    tidy();
  });

// What opens the box of a field says that a draft is in it.
const openerOf = (field) =>
  field.closest("details[data-box]")?.querySelector(":scope > summary") ??
  (field.form?.id ? document.querySelector(`[aria-controls="${CSS.escape(field.form.id)}"]`) : null);

const unmark = (field) => {
  if (field.nextElementSibling?.matches(".draft")) field.nextElementSibling.remove();
  openerOf(field)?.querySelector(".draft-mark")?.remove();
};

const discard = (field) => {
  drop(nameOf(field));
  field.value = field.defaultValue;
  unmark(field);
  field.focus();
};

const mark = (field) => {
  unmark(field);
  const line = document.createElement("span");
  line.className = "draft";
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button-link", textContent: "discard" });
  button.setAttribute("aria-label", "Discard the draft");
  button.addEventListener("click", () => discard(field));
  line.append("draft kept ", button);
  field.after(line);
  const word = Object.assign(document.createElement("span"), { className: "draft-mark", textContent: "draft" });
  openerOf(field)?.append(" ", word);
};

const offer = () => {
  for (const field of document.querySelectorAll("[data-draft]:not([data-offered])")) {
    field.dataset.offered = "";
    const words = read(nameOf(field))?.words;
    if (typeof words !== "string" || words === field.defaultValue) continue;
    field.value = words;
    mark(field);
  }
};

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLElement) || !("draft" in field.dataset)) return;
  if (field.value.trim() === "" || field.value === field.defaultValue) drop(nameOf(field));
  else keep(nameOf(field), field.value);
});

// Of the fields of a form, a button sends the words of those that it saves.
const saved = (form, button) =>
  [...form.querySelectorAll("[data-draft]")].filter(
    (field) => button?.matches("[data-saves]") || (button && field.closest("[data-own-act]")?.contains(button)),
  );

let asked = []; // names of drafts that htmx is sending

document.addEventListener("submit", (event) => {
  if (!(event.target instanceof HTMLFormElement)) return;
  const names = saved(event.target, event.submitter).map(nameOf);
  if (!names.length) return;
  if (event.target.matches("[hx-post]")) asked = names;
  else if (!event.defaultPrevented) trying(() => sessionStorage.setItem(SENT, JSON.stringify(names)));
});

document.addEventListener("htmx:after:request", (event) => {
  const { request, response } = event.detail.ctx;
  if (request.method !== "POST") return;
  if (response.status < 400) asked.forEach(drop);
  asked = [];
});
document.addEventListener("htmx:after:swap", offer);

// An act that was done leads to another page; a refusal is the answer itself, and keeps the words.
const settle = () => {
  const names = trying(() => JSON.parse(sessionStorage.getItem(SENT)));
  trying(() => sessionStorage.removeItem(SENT));
  const wasLed = performance.getEntriesByType("navigation")[0]?.redirectCount > 0;
  if (Array.isArray(names) && wasLed && !document.querySelector("[data-refused]")) names.forEach(drop);
};

settle();
offer();
