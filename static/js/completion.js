// The search box as a combobox: what may follow is fetched while somebody types. Tab takes a line and goes on, Enter takes
// it and searches, Escape leaves the text as it was typed. Without this the box works as it is.
const box = document.querySelector("[data-search]");
const sheet = document.querySelector("[data-completion]");

if (box && sheet) {
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", "completion-list");
  box.setAttribute("aria-expanded", "false");

  let asking = null;
  let waiting = 0;
  const options = () => [...sheet.querySelectorAll("[role=option]")];
  const chosen = () => sheet.querySelector("[aria-selected=true]");

  const choose = (option) => {
    for (const one of options()) one.setAttribute("aria-selected", String(one === option));
    if (option) {
      box.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else box.removeAttribute("aria-activedescendant");
  };

  const close = () => {
    clearTimeout(waiting);
    asking?.abort();
    sheet.hidden = true;
    sheet.replaceChildren();
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const form = new URLSearchParams(new FormData(box.form));
    form.set("at", String(box.selectionStart ?? box.value.length));
    try {
      const answer = await fetch(`${sheet.dataset.completion}?${form}`, { signal: asking.signal });
      const html = answer.status === 200 ? await answer.text() : "";
      if (!html || document.activeElement !== box) return close();
      sheet.innerHTML = html;
      sheet.hidden = false;
      box.setAttribute("aria-expanded", "true");
      if (sheet.querySelector(".figure")) choose(options()[0]);
      document.dispatchEvent(new CustomEvent("recviewer:say", { detail: `${options().length} suggestions` }));
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 60);
  };

  const take = (option) => {
    const { start, end } = sheet.firstElementChild.dataset;
    const after = box.value.slice(Number(end)).replace(/^[^\s()]*/, "").replace(/^\s+/, "");
    const before = box.value.slice(0, Number(start)) + option.dataset.take;
    box.value = before + after;
    box.setSelectionRange(before.length, before.length);
    const goesOn = "goesOn" in option.dataset;
    close();
    box.dispatchEvent(new Event("input", { bubbles: true }));
    if (!goesOn) close();
  };

  box.addEventListener("input", soon);
  box.addEventListener("blur", () => setTimeout(() => document.activeElement === box || close(), 150));

  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (sheet.hidden) {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        ask();
      }
      return;
    }
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(all[(at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + all.length) % all.length]);
    } else if (event.key === "Tab" && !event.shiftKey && all.length && (at >= 0 || box.value.trim())) {
      event.preventDefault();
      take(all[Math.max(at, 0)]);
    } else if (event.key === "Enter") {
      if (at < 0) return close();
      const goesOn = "goesOn" in all[at].dataset;
      if (goesOn) event.preventDefault();
      take(all[at]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopImmediatePropagation();
      close();
    }
  });

  sheet.addEventListener("pointerdown", (event) => {
    const option = event.target.closest("[role=option]");
    event.preventDefault(); // the box keeps the focus
    if (option) take(option);
  });
}
