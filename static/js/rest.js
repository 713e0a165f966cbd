// An act is meant once. A key that is held presses nothing again, and nothing is sent twice; an item that a queue has just
// brought takes no verdict for a moment, for the second click of two was meant for the item before.
//
// Runs before the page is there, like early.js: a click may come as soon as something can be seen.
(() => {
  const MOMENT = 400; // ms in which nobody has read anything
  const FRESH = 10_000; // ms after which an arrival is none from the item before
  const LEFT = "recviewer:left";
  let isResting = false;
  let sent = null;

  const bar = () => document.querySelector(".bar[data-queue]");
  const verdicts = () => document.querySelectorAll(".bar[data-queue] .bar-acts button[name=verdict]");

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

  const isVerdict = (form) => form.matches(".bar[data-queue] .bar-acts");
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
        setTimeout(() => (sent = null), 3000); // where no answer came
      }
    },
    true,
  );
  addEventListener("pageshow", () => (sent = null));

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
