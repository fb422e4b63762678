// Turns a list of reasons into a field that finds by typing: every word typed begins a word of the reason's path.
// The list stays in the page, hidden, and carries the choice when the form is sent.
(() => {
  const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
  const wordsOf = (text) => plain(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const begins = (words, typed) => typed.every((start) => words.some((word) => word.startsWith(start)));

  const read = (option, number) => {
    const levels = option.text.split(" > ");
    const name = levels.pop();
    return { number, value: option.value, text: option.text, name, above: levels.join(" > "), words: wordsOf(option.text) };
  };

  // Reasons whose own name is meant stand before those that are meant by what lies above them, and favourites before others.
  const found = (reasons, text) => {
    const typed = wordsOf(text);
    const favourites = [...document.querySelectorAll(".picks button[name=reason]")].map((button) => button.value);
    const place = (reason) => {
      const at = favourites.indexOf(reason.value);
      return at < 0 ? favourites.length : at;
    };
    const rank = (reason) => {
      if (plain(reason.name).startsWith(plain(text).trim())) return 0;
      return begins(wordsOf(reason.name), typed) ? 1 : 2;
    };
    return reasons
      .filter((reason) => begins(reason.words, typed))
      .sort((one, other) => rank(one) - rank(other) || place(one) - place(other) || one.number - other.number);
  };

  const made = (tag, attributes, ...inside) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...inside);
    return element;
  };

  function enhance(select) {
    const reasons = [...select.options].filter((option) => option.value).map(read);
    const id = `${select.id}-typed`;
    const label = document.querySelector(`label[for="${select.id}"]`);
    const input = made("input", {
      id, class: "form-control", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
      placeholder: "Type two or three letters", "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list",
    });
    const list = made("ul", { id: `${id}-list`, class: "picker-list", role: "listbox", "aria-label": "Reasons" });
    const status = made("p", { class: "picker-status", role: "status" });
    list.hidden = true;
    for (const name of ["aria-invalid", "aria-describedby"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    }
    if (select.dataset.key) input.dataset.key = select.dataset.key;
    if (select.required) input.setAttribute("aria-required", "true");
    select.required = false;
    delete select.dataset.key;
    select.hidden = true;
    select.after(made("div", { class: "picker-field" }, input, list, status));
    if (label) label.htmlFor = id;

    let shown = [];
    let active = -1;
    const chosenText = () => (select.value ? select.selectedOptions[0].text : "");
    input.value = chosenText();
    if (select.hasAttribute("data-picker-focus")) input.focus();

    const close = () => {
      list.hidden = true;
      active = -1;
      status.textContent = "";
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (number) => {
      active = number;
      [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === active)));
      const item = list.children[active];
      if (!item) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    };
    const open = (text) => {
      shown = found(reasons, text);
      list.replaceChildren(...shown.map((reason, number) => {
        const item = made("li", { id: `${id}-${number}`, role: "option" }, reason.name);
        if (reason.above) item.append(made("small", {}, reason.above));
        return item;
      }));
      list.hidden = shown.length === 0;
      input.setAttribute("aria-expanded", String(!list.hidden));
      status.textContent = shown.length ? "" : "No reason has words that begin like this.";
      mark(shown.length && text ? 0 : -1);
    };
    const choose = (reason) => {
      select.value = reason.value;
      input.value = reason.text;
      close();
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const send = () => {
      if (select.hasAttribute("data-picker-submits")) select.form.requestSubmit();
    };

    input.addEventListener("input", () => { select.value = ""; open(input.value); });
    input.addEventListener("focus", () => input.select());
    // What was typed and not chosen stays to be seen where it can still be chosen before the form is sent.
    input.addEventListener("blur", () => {
      close();
      if (select.value || select.hasAttribute("data-picker-submits")) input.value = chosenText();
      else if (input.value.trim()) status.textContent = "This is no reason yet. Choose one from the list.";
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) open(select.value ? "" : input.value);
        const step = event.key === "ArrowDown" ? 1 : -1;
        if (shown.length) mark((active + step + shown.length) % shown.length);
      } else if (event.key === "Enter" && shown[active]) {
        event.preventDefault();
        choose(shown[active]);
        send();
      } else if (event.key === "Enter" && select.hasAttribute("data-picker-submits")) {
        event.preventDefault();
      } else if (event.key === "Tab" && shown[active] && input.value) {
        choose(shown[active]);
      } else if (event.key === "Escape") {
        if (list.hidden) input.blur();
        close();
      }
    });
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const item = event.target.closest("li");
      if (!item) return;
      choose(shown[[...list.children].indexOf(item)]);
      send();
    });
  }

  document.querySelectorAll("select[data-picker]").forEach(enhance);
})();
