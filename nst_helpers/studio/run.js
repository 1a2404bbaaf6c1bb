// The run that is going on: how far it is, what comes of it, and which of Paint and Stop can be pressed.

const inQueue = (place) => (place
  ? `${place} ${place === 1 ? "picture is" : "pictures are"} before yours. It begins by itself.`
  : "Your picture begins.");

function timeLeft({ step, steps, seconds }) {
  const unknown = seconds === null || seconds === undefined;
  const short = () => `about ${Math.max(1, Math.round(seconds))} s left`;
  const left = unknown ? "reckoning the time" : seconds < 90 ? short() : `about ${Math.round(seconds / 60)} min left`;
  return `Step ${step ?? 0} of ${steps ?? "…"}, ${left}`;
}

function showRun(model, find, stage, say) {
  let state = "idle";

  function draw() {
    const run = model.get("run"), busy = ["waiting", "painting"].includes(run.state);
    const held = document.activeElement === find(busy ? ".go" : ".stop");
    find(".go").disabled = busy;
    find(".going").hidden = !busy;
    if (held) find(busy ? ".stop" : ".go").focus({ preventScroll: true }); // for who presses keys
    find("progress").value = run.steps ? run.step / run.steps : 0;
    find(".time").textContent = run.state === "waiting" ? inQueue(run.place) : timeLeft(run);
    if (run.state === "painting" && state !== "painting") stage.view("right", "result");
    if (!busy && state !== run.state) say(run.message ?? "");
    find(".caption").textContent = run.state === "done" ? run.message : "";
    if (run.state === "failed") find(".wrong").textContent = run.message;
    state = run.state;
  }

  model.on("change:run", draw);
  draw();
}

