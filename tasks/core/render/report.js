"use strict";
// Only for comfort: without it every finding is there, and nothing can be filtered.
(() => {
  const tools = document.querySelector(".tools");
  if (!tools) return;
  const search = tools.querySelector("[type=search]");
  const boxes = [...tools.querySelectorAll("[type=checkbox]")];
  const output = tools.querySelector("output");
  const files = [...document.querySelectorAll(".file")].map((element) => ({
    element,
    path: element.querySelector(".path").textContent.toLowerCase(),
    articles: [...element.querySelectorAll("article")].map((article) => ({
      article,
      severity: article.className,
      text: [...article.querySelectorAll("p")].map((p) => p.textContent).join(" ").toLowerCase(),
    })),
  }));
  const total = files.reduce((sum, file) => sum + file.articles.length, 0);
  const filter = () => {
    const word = search.value.trim().toLowerCase();
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let seen = 0;
    for (const file of files) {
      let here = 0;
      for (const { article, severity, text } of file.articles) {
        const match = wanted.has(severity) && (file.path.includes(word) || text.includes(word));
        article.hidden = !match;
        here += match;
      }
      file.element.hidden = !here;
      seen += here;
    }
    output.textContent = seen === total ? "" : `${seen} of ${total}`;
  };
  tools.hidden = false;
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("input", filter);
  tools.addEventListener("click", (event) => {
    if (event.target.dataset.open === undefined) return;
    for (const { element } of files) element.open = Boolean(event.target.dataset.open);
  });
})();
