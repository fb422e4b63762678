// A key presses what is on the page: u presses the element with data-key="u", and / goes into its field.
// Nothing happens while somebody types, with Ctrl, Alt or Meta, behind a dialog, or where keys are switched off.
(() => {
  const OFF = "keys-off";
  const FIELDS = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
  let leaving = false;

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey || leaving) return;
    if (event.target.closest(FIELDS) || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    if (localStorage.getItem(OFF) && event.key !== "?") return;
    const pressed = document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not([hidden])`);
    if (!pressed) return;
    event.preventDefault();
    if (pressed.matches(FIELDS)) pressed.focus();
    else pressed.click();
  });

  document.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-opens]");
    if (opens) document.getElementById(opens.dataset.opens).showModal();
  });

  // A second press while the page is on its way to the next one would meet the wrong contact.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "dialog") leaving = true;
  });
  addEventListener("pageshow", () => { leaving = false; });

  for (const box of document.querySelectorAll("[data-keys-switch]")) {
    box.checked = !localStorage.getItem(OFF);
    box.addEventListener("change", () => {
      if (box.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "yes");
    });
  }
})();
