// An act is meant once, and what was pressed says so at once. A key that is held presses nothing again, and nothing is sent twice; an item that a queue has just
// brought takes no verdict for a moment, for the second click of two was meant for the item before.
//
// Runs before the page is there, like early.js: a click may come as soon as something can be seen.
(() => {
  const MOMENT = 400; // ms in which nobody has read anything
  const FRESH = 10_000; // ms after which an arrival is none from the item before
  const GIVEN_UP = 3000; // ms after which no answer is waited for
  const LEFT = "recviewer:left";
  let isResting = false;
  let sent = null;

  const bar = () => document.querySelector(".bar[data-queue], form[data-queue]");
  const verdicts = () =>
    document.querySelectorAll(".bar[data-queue] .bar-acts button[name=verdict], form[data-queue] button[data-key]");

  const left = () => {
    try {
      const at = Number(sessionStorage.getItem(LEFT) ?? 0);
      sessionStorage.removeItem(LEFT);
      return at;
    } catch {
      return 0;
    }
  };

  const wake = () => {
    isResting = false;
    for (const button of verdicts()) button.disabled = false;
  };

  const rest = () => {
    isResting = true;
    addEventListener("DOMContentLoaded", () => {
      for (const button of verdicts()) button.disabled = true;
      // The moment begins when the item can be seen.
      requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(wake, MOMENT)));
    });
  };

  if (Date.now() - left() < FRESH) rest();

  addEventListener("pagehide", () => {
    if (!bar()) return;
    try {
      sessionStorage.setItem(LEFT, String(Date.now()));
    } catch {
      // without storage the item after takes a verdict at once
    }
  });

  // What was pressed shows at once that it was, and not when the answer comes.
  const mark = (control) => {
    if (!control) return;
    control.setAttribute("data-sent", "");
    setTimeout(() => control.removeAttribute("data-sent"), GIVEN_UP);
  };

  const isVerdict = (form) => form.matches(".bar[data-queue] .bar-acts, form[data-queue]");
  const isPlain = (form, submitter) => form.method === "post" && !form.matches("[hx-post]") && !submitter?.matches("[hx-post]");

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if ((isResting && isVerdict(form)) || sent === form) {
        event.preventDefault();
        event.stopImmediatePropagation();
      } else if (isPlain(form, event.submitter)) {
        sent = form;
        mark(event.submitter);
        setTimeout(() => (sent = null), GIVEN_UP);
      }
    },
    true,
  );
  addEventListener("pageshow", () => {
    sent = null;
    for (const one of document.querySelectorAll("[data-sent]")) one.removeAttribute("data-sent");
  });

  // A link that leads to another page looks pressed until that page is there.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0;
    if (!link || isElsewhere || link.matches("[download], [target], [hx-get]")) return;
    const { origin, pathname, search } = new URL(link.href);
    const leads = origin === location.origin && pathname + search !== location.pathname + location.search;
    if (leads) setTimeout(() => event.defaultPrevented || mark(link)); // after all who may take it for themselves
  });

  document.addEventListener(
    "keydown",
    (event) => {
      const isPress = event.key === "Enter" || event.key === " ";
      if (event.repeat && isPress && event.target instanceof Element && event.target.closest("form[method=post] button")) {
        event.preventDefault();
      }
      const isTyped = event.target instanceof Element && event.target.matches("input, textarea, select");
      if (!isResting || event.repeat || isTyped) return;
      const keys = [...verdicts()].map((button) => button.dataset.key);
      if (keys.includes(event.key.toLowerCase())) {
        document.dispatchEvent(new CustomEvent("recviewer:tell", { detail: "Too quick after the item before: nothing was decided" }));
      }
    },
    true,
  );
})();
