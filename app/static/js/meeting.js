// The meeting's screens: the arrows lead to the one before and the next, and both lines remember where one was.
(() => {
  const screens = [...document.querySelectorAll(".screen")];
  const links = [...document.querySelectorAll(".agenda ol a")];
  let here = -1;

  const mark = (number) => {
    if (number === here) return;
    here = number;
    links.forEach((link, at) => {
      link.removeAttribute("aria-current");
      link.removeAttribute("data-key");
      if (at === here) link.setAttribute("aria-current", "step");
      if (at === here - 1) link.dataset.key = "ArrowLeft";
      if (at === here + 1) link.dataset.key = "ArrowRight";
    });
    for (const field of document.querySelectorAll("input[name=screen]")) field.value = screens[here].id;
  };

  const look = () => {
    const passed = screens.filter((screen) => screen.getBoundingClientRect().top <= innerHeight / 3).length;
    const isAtEnd = scrollY > 0 && innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    mark(isAtEnd ? screens.length - 1 : Math.max(0, passed - 1));
  };

  const go = (number) => {
    history.replaceState(null, "", `#${screens[number].id}`);
    screens[number].scrollIntoView({ behavior: "instant" });
    screens[number].querySelector(".finding").focus({ preventScroll: true });
    mark(number);
  };

  links.forEach((link, at) => link.addEventListener("click", (event) => {
    event.preventDefault();
    go(at);
  }));

  document.querySelector("[data-next-open]")?.addEventListener("click", () => {
    const open = [...document.querySelectorAll("[data-open-action]")];
    if (open.length) open[(open.indexOf(document.activeElement) + 1) % open.length].focus();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.matches(".capture input")) event.target.blur();
  });

  for (const part of document.querySelectorAll(".js-only")) part.hidden = false;
  addEventListener("scroll", look, { passive: true });
  addEventListener("hashchange", look);
  document.querySelector(".captures [aria-invalid=true]")?.focus({ preventScroll: true });
  look();
})();
