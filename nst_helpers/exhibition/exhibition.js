"use strict";
// Guesses are counted, settings stay hidden until then, critiques can be saved. Without this the page still works.
(() => {
  const articles = [...document.querySelectorAll(".picture")];
  const guessable = document.querySelectorAll(".guess").length;
  const tally = { guessed: 0, right: 0, asked: 0 };

  const judge = (field) => {
    const right = field.querySelector(`input[value="${field.dataset.right}"]`);
    const isRight = right.checked, verdict = field.querySelector(".verdict");
    verdict.textContent = isRight ? "✓ Right." : `✗ No: ${right.parentElement.textContent.trim()}.`;
    verdict.classList.add(isRight ? "is-right" : "is-wrong");
    field.querySelectorAll("input").forEach((input) => { input.disabled = true; });
    return isRight;
  };

  const tell = (article, told) => {
    const fields = [...article.querySelectorAll("fieldset")], right = fields.filter(judge).length;
    article.querySelector(".score").textContent = `${right} of ${fields.length} right.`;
    article.querySelector(".guess button").hidden = true;
    told.hidden = false;
    told.open = true;
    told.querySelector("summary").focus();
    tally.guessed += 1;
    tally.right += right;
    tally.asked += fields.length;
    document.querySelector(".tally").textContent =
      `Guessed so far: ${tally.guessed} of ${guessable} pictures, ${tally.right} of ${tally.asked} answers right.`;
  };

  articles.forEach((article) => {
    const form = article.querySelector(".guess"), told = article.querySelector(".told");
    if (!form) return;
    told.hidden = true;
    told.querySelector(".hint").remove();
    form.querySelector("button").hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault(); // the browser has asked for what was not answered
      tell(article, told);
    });
  });

  const critiques = () => {
    const text = (article, part) => article.querySelector(part)?.textContent.trim() ?? "";
    const lines = articles.flatMap((article, number) => {
      const said = article.querySelector("textarea").value.trim();
      const by = [text(article, "h2"), text(article, ".maker")].filter(Boolean).join(", by ");
      return said ? [`${number + 1}. ${by}`, `   ${said.replaceAll("\n", "\n   ")}`, ""] : [];
    });
    const viewer = document.querySelector(".viewer").value.trim();
    return [`${document.title}: critiques${viewer && ` by ${viewer}`}`, "", ...lines].join("\n");
  };

  document.querySelector(".keep").hidden = false;
  document.querySelector(".print").addEventListener("click", () => window.print());
  document.querySelector(".save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([critiques()], { type: "text/plain" }));
    link.download = "critiques.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
})();
