// A file may be dropped on its field; one that is too large is said to be so before it is sent.
(() => {
  const form = document.querySelector("[data-upload]");
  if (!form) return;
  const zone = form.querySelector("[data-drop]");
  const input = form.querySelector("input[type=file]");

  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  input.addEventListener("change", () => {
    const file = input.files[0];
    input.setCustomValidity(file && file.size > Number(form.dataset.limit) ? form.dataset.tooLarge : "");
    input.reportValidity();
  });
  form.addEventListener("submit", (event) => {
    if (!input.checkValidity() && input.files.length) {
      event.preventDefault();
      input.reportValidity();
      return;
    }
    form.querySelector("[type=submit]").disabled = true;
    form.querySelector("[data-sending]").hidden = false;
  });
  addEventListener("pageshow", () => {
    form.querySelector("[type=submit]").disabled = false;
    form.querySelector("[data-sending]").hidden = true;
  });
})();
