// The meeting's screens: the arrows lead to the one before and the next, and both lines remember where one was.
(() => {
  const screens = [...document.querySelectorAll(".screen")];
  const links = [...document.querySelectorAll(".agenda ol a")];
  let here = -1;
  let isJumping = false;

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

  // A screen stays the present one while its head is in sight; on a short page several are.
  const isInSight = (screen) => {
    const { top } = screen.getBoundingClientRect();
    return top >= -1 && top < innerHeight * 0.6;
  };

  const look = () => {
    if (isJumping || isInSight(screens[here])) return;
    const passed = screens.filter((screen) => screen.getBoundingClientRect().top <= innerHeight / 3).length;
    mark(Math.max(0, passed - 1));
  };

  const named = () => Math.max(0, screens.findIndex((screen) => `#${screen.id}` === location.hash));

  const go = (number) => {
    history.replaceState(null, "", `#${screens[number].id}`);
    isJumping = true;
    screens[number].scrollIntoView({ behavior: "instant" });
    requestAnimationFrame(() => requestAnimationFrame(() => { isJumping = false; }));
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
  addEventListener("hashchange", () => mark(named()));
  document.querySelector(".captures [aria-invalid=true]")?.focus({ preventScroll: true });
  mark(named());
})();
