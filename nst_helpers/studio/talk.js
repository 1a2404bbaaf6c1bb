// The turns of knobs on their way to Python, and what is said where Python does not answer.

const PATIENCE = 20_000; // milliseconds
const NO_ANSWER = "Python does not answer. If its kernel was restarted, run the cell again. Your results are kept.";

function makeTalk(model, wrong) {
  let turns = model.get("changed"), turned = {}, flying = false, silence;

  // Only what was turned travels, since a file may bring other settings meanwhile; and one message at a time.
  function fly() {
    if (flying || !Object.keys(turned).length) return;
    flying = true;
    model.send({ kind: "turn", changes: turned, number: turns });
    turned = {};
  }

  // A kernel that was restarted answers nothing, and says nothing of it.
  function expect() {
    clearTimeout(silence);
    silence = setTimeout(() => (wrong.textContent = NO_ANSWER), PATIENCE);
  }

  model.on("change:answered", () => {
    flying = false;
    fly();
  });
  model.on("change:changed", () => (turns = Math.max(turns, model.get("changed")))); // by another page
  model.on("change:answered change:run change:said change:preview", () => {
    clearTimeout(silence);
    if (["waiting", "painting"].includes(model.get("run").state)) expect();
  });
  return {
    expect,
    turn: (changes) => {
      turned = { ...turned, ...changes };
      turns++;
      expect(); // first: to a kernel that is gone, sending fails
      fly();
    },
    later: (changes) => (turned = { ...turned, ...changes }), // with the next turn
    drop: (name) => delete turned[name], // it has gone another way
    isBehind: () => model.get("answered") !== turns || Object.keys(turned).length > 0,
    stop: () => clearTimeout(silence),
  };
}

