// Small manners of every page: say what happened, copy, load what is folded, keep focus where the hands are.

// htmx would start a moment after the page is there; a key pressed in that moment would load a whole page, and nothing said so.
window.htmx?.initialize();

const say = (words) => {
  const region = document.querySelector("[data-live]");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = words));
};

document.addEventListener("recviewer:say", (event) => say(event.detail));

// What stands in a page from its start is told by no live region; what was done before it came has to be.
const arrived = [...document.querySelectorAll("[data-arrives]")].map((one) => one.textContent.replace(/\s+/g, " ").trim());
if (arrived.length) say(arrived.join(". "));

// Who goes from a list into its queue is led to the first heading there: see walk.js.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-walk]")) return;
  try {
    sessionStorage.setItem("recviewer:walked", "moved");
  } catch {
    // the heading is not led to
  }
});

// What is to be seen as well stands at the bottom for a moment.
document.addEventListener("recviewer:tell", (event) => {
  say(event.detail);
  document.querySelector(".toasts[data-told]")?.remove();
  const toasts = document.createElement("div");
  toasts.className = "toasts";
  toasts.dataset.told = "";
  toasts.append(Object.assign(document.createElement("p"), { className: "toast", textContent: event.detail }));
  document.body.append(toasts);
  setTimeout(() => toasts.remove(), 2500);
});

// What a control copies stands in it (data-copy), or at an address (data-copy-from), fetched when it is wanted.
const wanted = async (control) => {
  if (!("copyFrom" in control.dataset)) return control.dataset.copy;
  const answer = await fetch(control.dataset.copyFrom);
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
};

document.addEventListener("click", async (event) => {
  const control = event.target.closest("[data-copy], [data-copy-from]");
  if (!control) return;
  event.preventDefault();
  const words = control.textContent;
  try {
    await navigator.clipboard.writeText(await wanted(control));
    control.textContent = "copied";
    say("Copied");
  } catch {
    control.textContent = "not allowed";
    say("The browser did not allow copying");
  }
  setTimeout(() => (control.textContent = words), 1500);
});

// A fold whose content was left out has a link to it; opening the fold follows the link in place.
document.addEventListener(
  "toggle",
  (event) => {
    const fold = event.target;
    if (!(fold instanceof HTMLDetailsElement) || !fold.open) return;
    fold.querySelector(":scope > .fold-body > [data-fold-load]")?.click();
  },
  true,
);

// What is anchored inside a closed fold is shown when the address asks for it.
const reveal = () => {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id && document.getElementById(id);
  if (!target) return;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", reveal);
if (location.hash) reveal();

document.addEventListener("click", (event) => {
  const menu = document.querySelector(".menu[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});

// What a swap brought is announced (data-says) and names the window (data-title). htmx tells of the control that asked, not
// of what came, so what has been heard is marked.
const hear = (isFirst = false) => {
  for (const one of document.querySelectorAll("[data-says]:not([data-said])")) {
    one.dataset.said = "";
    if (!isFirst) say(one.dataset.says);
  }
  const named = document.querySelector("[data-title]");
  if (named && !isFirst) document.title = named.dataset.title;
};
hear(true);

// A swap that replaced the focused element gives focus to what came instead, but never takes it from who types elsewhere by now.
document.addEventListener("htmx:after:swap", (event) => {
  const asked = document.querySelector("[data-takes-focus]");
  if (asked) {
    asked.removeAttribute("data-takes-focus");
    const isTyping = document.activeElement?.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=hidden])");
    if (!isTyping) asked.focus({ preventScroll: true });
  }
  hear();
});

// Back shows what holds now, also where the browser kept the page alive. What was typed is kept as a draft.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// What broke, or what this account may not do, is not a part of the page: a line says so, and the page stays, to be tried again.
const GATEWAY = [502, 504];
const refuse = (title, reason) => {
  const toasts = Object.assign(document.createElement("div"), { className: "toasts" });
  toasts.dataset.refusal = "";
  const line = Object.assign(document.createElement("p"), { className: "toast" });
  line.setAttribute("role", "alert");
  const close = Object.assign(document.createElement("button"), { className: "button-link", type: "button", textContent: "Close" });
  close.addEventListener("click", () => toasts.remove());
  line.append(Object.assign(document.createElement("b"), { textContent: title }), Object.assign(document.createElement("span"), { textContent: reason }), close);
  toasts.append(line);
  document.body.append(toasts);
};
document.addEventListener("htmx:after:request", (event) => {
  const { response, text } = event.detail.ctx;
  document.querySelector("[data-refusal]")?.remove();
  if (!response.headers.has("X-Refused") && !GATEWAY.includes(response.status)) return;
  event.preventDefault();
  const told = new DOMParser().parseFromString(text, "text/html");
  const [title, reason] = ["h1", "h1 + p"].map((one) => told.querySelector(one)?.textContent.trim() ?? "");
  refuse(title || "The server did not answer", reason || "Try again.");
});

document.addEventListener("htmx:error", () => say("The server did not answer. Try again."));
