// The page's side of quizzes.py. Questions, choices and whys came with it; here a choice is taken and answered.

// What a teacher wrote is text, never HTML; between two backticks it is code.
function written(text) {
  return text.split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part));
}

function make(tag, traits, ...inside) {
  const element = Object.assign(document.createElement(tag), traits);
  element.append(...inside);
  return element;
}

// Only a change is written: a screen reader would say the same again.
function tell(element, text) {
  if (element.dataset.text === text) return;
  element.dataset.text = text;
  element.replaceChildren(...written(text));
}

function render({ model, el }) {
  const questions = model.get("questions"), predicts = model.get("predicts"), letters = "abcdef";
  const change = (traits) => {
    for (const [name, value] of Object.entries(traits)) model.set(name, value);
    model.save_changes();
  };

  const shown = questions.map(() => null), known = questions.map(() => ""); // whose why stands below each question

  function take(number, choice) {
    const tries = model.get("tries").map((own) => [...own]);
    shown[number] = choice;
    if (!predicts && tries[number].includes(choice)) return draw(); // its why once more
    tries[number] = predicts ? [choice] : [...tries[number], choice];
    change({ tries });
  }

  const parts = questions.map((question, number) => {
    const buttons = question.choice.map((choice, index) => {
      const mark = make("span", { className: "mark" }), state = make("span", { className: "said" });
      mark.setAttribute("aria-hidden", "true");
      const text = make("span", { className: "text" }, `${letters[index]}. `, ...written(choice.say), state);
      const button = make("button", { type: "button" }, mark, text);
      button.addEventListener("click", () => take(number, index));
      return Object.assign(button, { mark, state });
    });
    const answer = make("p", { className: "answer" });
    answer.setAttribute("role", "status");
    const title = predicts ? "Predict: " : `${number + 1}. `;
    const field = make("fieldset", {}, make("legend", {}, title, ...written(question.ask)),
      make("div", { className: "choices" }, ...buttons), answer);
    const move = (by) => {
      const place = buttons.indexOf(document.activeElement);
      buttons[(place + by + buttons.length) % buttons.length].focus();
    };
    onKeys(field.querySelector(".choices"), { ArrowDown: () => move(1), ArrowUp: () => move(-1) });
    return { field, buttons, answer, right: question.choice.findIndex((choice) => choice.right) };
  });

  // What is said to a choice, below its question.
  function answerTo(number, choice) {
    const { right } = parts[number], { choice: choices } = questions[number], { why } = choices[choice];
    if (!predicts && choice === right) return `Right. ${why}`;
    if (!predicts) return `Not right. ${why}${model.get("tries")[number].includes(right) ? "" : " Try another."}`;
    if (!model.get("revealed")) return `Kept: ${letters[choice]}. Run the cells below, look, and come back.`;
    if (choice === right) return `As you predicted. ${why}`;
    return `It is ${letters[right]}. ${choices[right].why} You predicted ${letters[choice]}. ${why}`;
  }

  const score = make("p", { className: "score" });
  score.setAttribute("role", "status");
  const press = make("button", { type: "button", className: "press" });
  press.textContent = predicts ? "What happened?" : "Begin again";
  press.addEventListener("click", () => {
    parts[0].buttons[0].focus(); // the button goes away
    change(predicts ? { revealed: true } : { tries: questions.map(() => []) });
  });

  function draw() {
    const tries = model.get("tries"), judged = !predicts || model.get("revealed");
    parts.forEach(({ buttons, answer, right }, number) => {
      const own = tries[number];
      buttons.forEach((button, index) => {
        const taken = own.includes(index) || (predicts && judged && index === right);
        const state = !taken ? "" : !judged ? "kept" : index === right ? "right" : "wrong";
        button.className = state;
        button.mark.textContent = { right: "✓", wrong: "✗", kept: "●" }[state] || "";
        button.state.textContent = { right: " (right)", wrong: " (not right)", kept: " (kept)" }[state] || "";
      });
      if (known[number] !== own.join()) [known[number], shown[number]] = [own.join(), own.at(-1)];
      tell(answer, own.length ? answerTo(number, shown[number]) : "");
    });
    const done = tries.every((own, number) => (predicts ? own.length : own.includes(parts[number].right)));
    const first = tries.filter((own, number) => own[0] === parts[number].right).length;
    tell(score, done && !predicts ? `${first} of ${questions.length} right at the first try.` : "");
    press.hidden = !done || model.get("revealed");
  }

  const help = make("p", { className: "help" }, "Choose by a click, or by Tab, ↑ and ↓, and Enter. ",
    predicts ? "Your choice is kept until you have seen the run." : "After a wrong choice, try another.");
  const root = make("div", { className: "nst-live nst-quizzes" }, ...parts.map((part) => part.field),
    make("div", { className: "end" }, score, press), help);
  root.dataset.lmSuppressShortcuts = "true";
  keepKeys(root);
  el.replaceChildren(root);
  ["tries", "revealed"].forEach((name) => model.on(`change:${name}`, draw));
  draw();
  return () => ["tries", "revealed"].forEach((name) => model.off(`change:${name}`, draw));
}
export default { render };
