// The page's side of live_loop.py. Knobs and buttons go to Python, whose loop sends pictures and numbers. A picture is
// acknowledged only when it was painted where it can be seen, so that no loop runs for nobody.

const COLORS = { content: "blue", style: "orange", "total variation": "green" };
const LEFT = 44, WIDE = 352, HIGH = 84; // of the curve: room for both ends in print, then its box, in pixels
const spoken = (name) => name.replaceAll("_", " ");
function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function render({ model, el }) {
  const stops = model.get("stops"), layers = model.get("layers"), [height, width] = model.get("shape");
  const send = sender(model), act = (what, more) => model.send({ do: what, ...more });
  let settings = model.get("settings"), moved = model.get("moved"), told = moved, unseen = 0, seen = false, url, late;
  el.innerHTML = `<div class="nst-live nst-live_loop" data-lm-suppress-shortcuts="true"><div class="sheet">
    <div class="stage">
      <img class="picture" width="${width}" height="${height}" style="max-width: ${2.5 * width}px">
      <div class="buttons"><button type="button" class="go"></button>
        <button type="button" class="keep">Keep this picture</button>
        <button type="button" class="back">Back to the beginning</button></div>
      <p class="state"></p>
    </div>
    <div class="knobs"><div class="originals"></div></div>
    <div class="losses">
      <div class="label"><span>step <span class="number step"></span></span>
        <span>total loss <span class="number total"></span></span></div>
      <div class="bar" aria-hidden="true"></div><div class="parts"></div>
      <p class="help">Each loss with its weight in it, so that they add up to the total.</p>
      <svg class="curve" width="${LEFT + WIDE + 6}" viewBox="0 0 ${LEFT + WIDE + 6} ${HIGH + 34}" role="img"></svg>
    </div>
    <section class="row" aria-label="Kept pictures"><p class="help">Kept pictures; the last eight stay. A click goes
      back to one, with its settings.</p><div class="kept"></div></section>
  </div><div class="said" role="status" aria-live="polite"></div></div>`;
  const find = (selector) => el.querySelector(selector), say = announcer(find(".said"));
  const img = find(".picture"), state = find(".state"), go = find(".go");

  const file = (bytes) => make("img", { alt: "", src: pictureURL(bytes), onload() { URL.revokeObjectURL(this.src); } });
  for (const [name, bytes] of model.get("originals"))
    find(".originals").append(make("figure", {}, file(bytes), make("figcaption", { textContent: name })));

  // What the hand changed goes to Python once a frame; `moved` comes back with the first picture made that way.
  const change = (traits) => (send({ ...traits, moved: ++moved }), wait());
  const adjust = (changes) => change({ settings: (settings = { ...settings, ...changes }) });
  const wait = () => (late ??= setTimeout(() => (state.textContent = "Waiting for the kernel: it is busy."), 1500));

  const sliders = Object.entries(stops).map(([name, values]) => {
    const input = make("input", { type: "range", min: 0, max: values.length - 1 });
    const number = make("span", { className: "number" });
    input.addEventListener("input", () => (adjust({ [name]: values[input.value] }), drawKnobs()));
    find(".knobs").append(make("label", { className: "slider" },
      make("span", { className: "label" }, spoken(name), number), input));
    return () => {
      const distances = values.map((stop) => Math.abs(stop - settings[name]));
      input.value = distances.indexOf(Math.min(...distances));
      number.textContent = settings[name];
      Object.assign(input, { ariaLabel: spoken(name), ariaValueText: settings[name] });
    };
  });

  // A group of boxes; isOn: whether the choice is on; set: what the hand makes of it.
  function group(title, type, choices, isOn, set) {
    const name = `${title} ${Math.random()}`; // of radio buttons: one is on in this figure, not in the whole page
    const boxes = choices.map((choice) => make("input", { type, name, onchange() { set(choice, this.checked); } }));
    find(".knobs").append(make("fieldset", {}, make("legend", { textContent: title }),
      ...boxes.map((box, index) => make("label", {}, box, choices[index]))));
    return () => boxes.forEach((box, index) => (box.checked = isOn(choices[index])));
  }
  const groups = Object.keys(layers).filter((kind) => layers[kind].length).map((kind) =>
    group(spoken(kind), "checkbox", layers[kind], (layer) => settings[kind].includes(layer), (layer, on) =>
      adjust({ [kind]: layers[kind].filter((name) => (name === layer ? on : settings[kind].includes(name))) })));
  groups.push(group("start from", "radio", ["content", "noise"], (start) => start === model.get("start"),
    (start) => change({ start })));
  const drawKnobs = () => [...sliders, ...groups].forEach((draw) => draw());

  function drawCurve({ heights, ends, marks, total }) {
    const x = (index) => LEFT + (index * WIDE) / 199, y = (part) => 12 + (1 - part) * HIGH, base = 12 + HIGH;
    const points = heights.map((part, index) => `${x(index).toFixed(1)},${y(part).toFixed(1)}`).join(" ");
    const mark = (at) => `<path class="mark" d="M${x(at)} ${base}V12"/><path class="tip" d="M${x(at) - 4} 3h8l-4 7z"/>`;
    find(".curve").setAttribute("aria-label", `The last ${heights.length} total losses, on a logarithmic scale from `
      + `${ends.join(" to ")}; now ${total}. Knobs were moved at ${marks.length} of them.`);
    find(".curve").innerHTML = `<rect class="frame" x="${LEFT}" y="12" width="${WIDE}" height="${HIGH}"/>
      ${marks.map(mark).join("")}<polyline class="line" points="${points}"/>
      <circle class="now" r="3.5" cx="${x(heights.length - 1)}" cy="${y(heights.at(-1))}"/>
      <text x="${LEFT - 6}" y="21" text-anchor="end">${ends[1]}</text>
      <text x="${LEFT - 6}" y="${base}" text-anchor="end">${ends[0]}</text>
      <text x="${LEFT}" y="${base + 17}">the last 200 total losses</text>
      <text x="${LEFT + WIDE}" y="${base + 17}" text-anchor="end">▼ a knob was moved</text>`;
  }

  async function drawShown() {
    const shown = model.get("shown"), { running, message, number, parts } = shown;
    late = clearTimeout(late);
    if (running) wait();
    go.textContent = running ? "Stop" : "Start";
    const text = message || (running ? "It runs. Move a knob." : "Start lets it run. Move knobs while it does.");
    if (state.textContent !== text) say((state.textContent = text));
    find(".step").textContent = shown.steps;
    find(".total").textContent = shown.total;
    const piece = (name, wide) => `<i style="background: var(--${COLORS[name]}); width: ${wide}"></i>`;
    find(".bar").innerHTML = parts.map(([name, , share]) => piece(name, `${share}%`)).join("");
    find(".parts").innerHTML = parts.map(([name, loss]) =>
      `<div class="part">${piece(name, "10px")}${name}<span class="number">${loss}</span></div>`).join("");
    drawCurve(shown);
    if (shown.answered === moved && moved > told) { // said once for what the hand did, not for every picture
      told = moved;
      say(`Step ${shown.steps}: total ${shown.total}, ` + parts.map((part) => part.slice(0, 2).join(" ")).join(", "));
    }
    img.alt = `The picture after ${shown.steps} steps`;
    img.src = url = pictureURL(shown.picture, "image/jpeg", url);
    await img.decode().catch(() => {}); // a newer one has come
    unseen = Math.max(unseen, number);
    requestAnimationFrame(acknowledge);
  }
  function acknowledge() {
    if (!unseen || !seen || document.visibilityState !== "visible") return;
    act("painted", { number: unseen });
    unseen = 0;
  }

  function drawKept() {
    find(".row").hidden = !model.get("kept").length;
    find(".kept").replaceChildren(...model.get("kept").map(([bytes, lines, whole], which) =>
      make("button", { type: "button", ariaLabel: `Go back to ${whole}`, onclick: () => act("take", { which }) },
        file(bytes), make("span", { textContent: lines.join("\n") }))));
  }

  go.onclick = () => (act(model.get("shown").running ? "stop" : "start"), wait());
  for (const name of ["keep", "back"]) find(`.${name}`).onclick = () => act(name);
  keepKeys(el.firstElementChild);
  const eye = new IntersectionObserver(([entry]) => ((seen = entry.isIntersecting), acknowledge()));
  eye.observe(el.firstChild);
  document.addEventListener("visibilitychange", acknowledge);
  model.on("change:shown", drawShown);
  model.on("change:kept", () => (drawKept(), say(`Kept: ${model.get("kept").at(-1)[2]}`)));
  model.on("change:settings", () => ((settings = model.get("settings")), drawKnobs()));
  model.on("change:start", drawKnobs);
  [drawKnobs, drawKept, drawShown].forEach((draw) => draw());
  return () => {
    act("gone");
    eye.disconnect();
    document.removeEventListener("visibilitychange", acknowledge);
    clearTimeout(late);
    say.stop();
    URL.revokeObjectURL(url);
  };
}
export default { render };
