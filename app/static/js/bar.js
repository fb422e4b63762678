// Where the bar is wider than the screen, it opens at the word of the page.
document.querySelector(".mainnav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
