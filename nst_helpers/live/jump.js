// The page's side of jump.py. All pictures, factors and errors came with the figure; here they are chosen and drawn.

const PACE = 140; // milliseconds that a step stays when it plays
const WIDE = 460, HIGH = 168, LEFT = 38, RIGHT = 20, TOP = 10, BOTTOM = 40; // of a chart, in pixels

// One picture, uint8 RGB row by row from `start` on, onto a canvas, one pixel each.
function paintPicture(canvas, bytes, start, height, width) {
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let place = 0; place < height * width; place++) {
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * place + channel] = bytes.getUint8(start + 3 * place + channel);
    }
    image.data[4 * place + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

function render({ model, el }) {
  const [draws, pictures, levels, parts, height, width] = model.get("shape"), size = height * width * 3;
  const steps = model.get("steps"), factors = model.get("factors"), errors = model.get("errors");
  const last = steps.at(-1), highest = Math.max(...errors.flat(2)) * 1.05 || 1, send = sender(model);
  const across = (step) => LEFT + (step / last) * (WIDE - LEFT - RIGHT);
  const down = (value, top) => HIGH - BOTTOM - (value / top) * (HIGH - BOTTOM - TOP);
  const count = (number, make) => Array.from({ length: number }, (_, index) => make(index)).join("");
  const short = (value) => (value === 0 || value >= 0.01 ? value.toFixed(2) : String(+value.toPrecision(2)));

  // Frame, ticks and names of a chart from 0 to `top`, its curves as paths, and for each a mark that moves.
  function chart(top, curves) {
    const unit = 10 ** Math.floor(Math.log10(top)), gap = [5, 2, 1, 0.5].find((part) => part * unit <= top / 2) * unit;
    const line = (value) => `<path class="grid" d="M${LEFT} ${down(value, top)}H${WIDE - RIGHT}"/>
      <text x="${LEFT - 6}" y="${down(value, top) + 4}" text-anchor="end">${+value.toPrecision(3)}</text>`;
    const rows = count(Math.floor(top / gap + 1e-9) + 1, (index) => line(index * gap));
    const columns = count(5, (index) => `<text x="${across((index * last) / 4)}" y="${HIGH - BOTTOM + 16}"
      text-anchor="middle">${Math.round((index * last) / 4)}</text>`);
    return `<svg class="chart" viewBox="0 0 ${WIDE} ${HIGH}" aria-hidden="true">${rows}${columns}
      <text class="name" x="${(LEFT + WIDE - RIGHT) / 2}" y="${HIGH - 5}" text-anchor="middle">step t</text>
      <path class="now" d="M0 ${TOP - 4}V${HIGH - BOTTOM}"/>
      ${curves.map((curve) => `<path class="curve ${curve}"/><circle class="mark ${curve}" r="5"/>`).join("")}</svg>`;
  }

  const titles = ["Noisy picture", "Noise the network finds", "Jump to the guess", "True picture"];
  const key = (curve) => `<svg width="22" height="10" aria-hidden="true">
    <path class="curve ${curve}" d="M0 5h22"/></svg>`;
  el.innerHTML = `<div class="nst-live nst-jump" data-lm-suppress-shortcuts="true"><div class="inner">
    <div class="choices">
      <div class="group" role="group" aria-label="Picture"><span aria-hidden="true">Picture</span>
        ${count(pictures, (index) => `<button type="button" class="thumb" aria-label="Picture ${index + 1}">
          <canvas class="map" aria-hidden="true"></canvas></button>`)}</div>
      <div class="group" role="group" aria-label="Noise"><span aria-hidden="true">Noise</span>
        ${model.get("seeds").map((seed) => `<button type="button" class="seed">seed ${seed}</button>`).join("")}</div>
    </div>
    <div class="time"><button type="button" class="play">Play</button>
      <input type="range" min="0" max="${levels - 1}" step="1" aria-label="Step t of the noise">
      <span class="where" aria-hidden="true">step t = <span class="number step"></span> of ${last}</span></div>
    <div class="pictures">${titles.map((title) => `<figure><figcaption>${title}<span class="how"></span></figcaption>
      <canvas class="map" role="img"></canvas></figure>`).join("")}</div>
    <div class="charts">
      <div><div class="heading"><b>Factors</b> ${key("picture")}picture √ᾱ <span class="number of-picture"></span>
        ${key("noise")}noise √(1 − ᾱ) <span class="number of-noise"></span></div>
        ${chart(1, ["picture", "noise"])}</div>
      <div><div class="heading"><b>Jump</b> ${key("error")}mean squared error <span class="number mse"></span></div>
        ${chart(highest, ["error"])}</div>
    </div>
    <p class="help">Drag the slider, or press in a chart. By keys: ← and → change the step, Home and End go to the
      first and the last. In all four pictures −1 is black and 1 is white; what lies beyond is cut off.</p>
    <div class="said" role="status" aria-live="polite"></div></div></div>`;
  const find = (selector) => el.querySelector(selector), all = (selector) => [...el.querySelectorAll(selector)];
  const root = find(".nst-jump"), slider = find("input"), play = find(".play"), say = announcer(find(".said"));
  const canvases = all(".pictures canvas"), how = all(".how");
  const zoom = Math.ceil(208 / Math.max(height, width)); // whole: each pixel becomes a square of one size
  root.style.setProperty("--side", `${zoom * width}px`);
  let state = {}, timer = 0;

  // A curve whose first value stands at the step steps[from].
  const path = (curve, values, from, top) => find(`.chart path.${curve}`).setAttribute("d",
    `M${values.map((value, index) => `${across(steps[index + from])} ${down(value, top)}`).join("L")}`);
  const mark = (name, step, value, top) =>
    find(`.mark.${name}`).setAttribute("transform", `translate(${across(step)} ${down(value, top)})`);

  function draw() {
    for (const name of ["level", "picture", "noise"]) state[name] = model.get(name);
    const { level, picture, noise } = state, step = steps[level + 1], [ofPicture, ofNoise] = factors[level + 1];
    const own = errors[noise][picture], mse = own[level].toFixed(4), about = `, picture ${picture + 1}, step ${step}`;
    const place = ((noise * pictures + picture) * levels + level) * parts;
    canvases.forEach((canvas, part) => {
      const truth = part === parts, start = truth ? picture : place + part;
      paintPicture(canvas, model.get(truth ? "truth" : "parts"), start * size, height, width);
      canvas.setAttribute("aria-label", titles[part] + (truth ? `, picture ${picture + 1}` : about));
    });
    const [p, n] = [short(ofPicture), short(ofNoise)];
    [`${p} · picture + ${n} · noise`, `told that it is step ${step}`, `(noisy − ${n} · found) / ${p}`,
      `mean squared error ${mse}`].forEach((text, index) => (how[index].textContent = text));
    for (const [buttons, chosen] of [[".thumb", picture], [".seed", noise]]) {
      all(buttons).forEach((button, index) => button.setAttribute("aria-pressed", index === chosen));
    }
    slider.value = level;
    slider.setAttribute("aria-valuetext", `step ${step} of ${last}, mean squared error ${mse}`);
    for (const [selector, text] of [[".step", step], [".of-picture", p], [".of-noise", n], [".mse", mse]]) {
      find(selector).textContent = text;
    }
    path("error", own, 1, highest);
    all(".now").forEach((line) => line.setAttribute("transform", `translate(${across(step)})`));
    mark("picture", step, ofPicture, 1);
    mark("noise", step, ofNoise, 1);
    mark("error", step, own[level], highest);
    say(`Picture ${picture + 1}, seed ${model.get("seeds")[noise]}, step ${step} of ${last}: ${p} of the picture, ` +
      `${n} of the noise. Mean squared error of the jump ${mse}.`);
  }

  function stop() {
    timer = clearInterval(timer);
    play.textContent = "Play";
  }

  function choose(changes, by = stop) {
    by();
    for (const [name, value] of Object.entries(changes)) model.set(name, value); // drawn at once,
    send(changes); // told to Python once a frame
  }

  const go = (level, by) => choose({ level: Math.max(0, Math.min(levels - 1, level)) }, by);
  play.addEventListener("click", () => {
    if (timer) return stop();
    if (state.level === levels - 1) go(0);
    play.textContent = "Pause";
    timer = setInterval(() => go(state.level + 1, state.level + 2 < levels ? () => {} : stop), PACE);
  });
  slider.addEventListener("input", () => go(Number(slider.value)));
  all(".thumb").forEach((button, index) => {
    paintPicture(button.firstElementChild, model.get("truth"), index * size, height, width);
    button.addEventListener("click", () => choose({ picture: index }, () => {}));
  });
  all(".seed").forEach((button, index) => button.addEventListener("click", () => choose({ noise: index }, () => {})));
  keepKeys(root); onKeys(root, { ArrowLeft: () => go(state.level - 1), ArrowRight: () => go(state.level + 1),
    Home: () => go(0), End: () => go(levels - 1) });
  all(".chart").forEach((svg) => {
    const move = (event) => {
      const box = svg.getBoundingClientRect(), x = ((event.clientX - box.left) * WIDE) / box.width;
      if (event.buttons) go(Math.round(((x - LEFT) / (WIDE - LEFT - RIGHT)) * levels) - 1);
    };
    svg.addEventListener("pointerdown", (event) => (svg.setPointerCapture(event.pointerId), move(event)));
    svg.addEventListener("pointermove", move);
  });
  ["level", "picture", "noise"].forEach((name) => model.on(`change:${name}`, draw));
  ["picture", "noise"].forEach((name, index) => path(name, factors.map((both) => both[index]), 0, 1));
  draw();
  return () => (say.stop(), clearInterval(timer));
}
export default { render };
