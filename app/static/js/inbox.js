// The key + makes the next reason that is chosen a further one, beside the main reason.
(() => {
  const form = document.querySelector("[data-give]");
  const button = document.querySelector("[data-further]");
  if (!form || !button) return;
  const main = form.getAttribute("action");
  const label = form.querySelector("label");
  const words = label.firstChild.data;

  button.addEventListener("click", () => {
    const further = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(further));
    form.setAttribute("action", further ? form.dataset.furtherAction : main);
    label.firstChild.data = further ? "Find a further reason " : words;
    if (further) form.querySelector("input[role=combobox]").focus();
  });
})();
