// Who was signed out meanwhile is told so in a line, and keeps the page. An act that was pressed then is sent as a plain form:
// the answer to that asks to sign in, and offers it again.
const LINE = "Signed out: sign in to go on";

const tell = (url) => {
  if (document.querySelector("[data-signed-out]")) return;
  const toasts = Object.assign(document.createElement("div"), { className: "toasts" });
  toasts.dataset.signedOut = "";
  toasts.setAttribute("role", "status");
  const link = Object.assign(document.createElement("a"), { href: url, textContent: LINE });
  const line = Object.assign(document.createElement("p"), { className: "toast" });
  line.append(link);
  toasts.append(line);
  document.body.append(toasts);
};

const sendPlainly = ({ action, body }) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action, hidden: true });
  for (const [name, value] of body ?? []) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  document.body.append(form);
  form.submit();
};

document.addEventListener("htmx:before:response", (event) => {
  const { request, response } = event.detail.ctx;
  const url = response.headers.get("X-Sign-In");
  if (url === null) {
    if (response.status < 400) document.querySelector("[data-signed-out]")?.remove();
    return;
  }
  event.preventDefault();
  if (request.method === "POST") sendPlainly(request);
  else tell(url);
});
