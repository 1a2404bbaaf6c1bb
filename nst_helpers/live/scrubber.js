// The page's side of scrubber.py. All pictures, numbers and words came once; here they are chosen, laid over each other
// and drawn. Only the position goes back to Python. Nothing is fetched from anywhere.

const HEIGHT = 230, LEFT = 54, RIGHT = 12, TOP = 14, BELOW = 40; // pixels: the curves, and what stands around them

function render({ model, el }) {
  const places = model.get("places"), choices = model.get("choices"), curves = model.get("curves");
  const [low, high] = model.get("limits"), last = places.length - 1, sides = [...model.get("sides")];
  const urls = model.get("pictures").map((bytes) => pictureURL(bytes));
  const ready = urls.map((url) => Object.assign(new Image(), { src: url })); // kept: none has to be unpacked anew
  const end = Math.max(1, ...curves.map(({ points }) => points.at(-1)[0]));
  const row = (_, i) => `<div class="row"><svg class="line c${i % 7}" aria-hidden="true"><path d="M1 5h32"/></svg>
    <span class="title"></span><span class="number"></span></div>`;

  el.innerHTML = `<div class="nst-live nst-scrubber" data-lm-suppress-shortcuts="true">
    <div class="time"><button type="button" class="play">Play</button>
      <input type="range" class="position" min="0" max="${last}" aria-label="Snapshot"><span class="place"></span></div>
    <div class="columns"><div class="look">
        <div class="sides"><label>left<select></select></label><label>right<select></select></label></div>
        <div class="stage"><img draggable="false"><img draggable="false">
          <div class="divider"><svg viewBox="0 0 26 26"><path d="M10 8l-5 5 5 5M16 8l5 5-5 5"/></svg></div></div>
        <input type="range" class="wipe" min="0" max="100" value="50" aria-label="Divider between left and right">
        <div class="captions"><span></span><span></span></div></div>
      <div class="losses"><svg class="plot" role="img"></svg><div class="rows">${curves.map(row).join("")}</div></div>
    </div>
    <p class="help">Drag the slider, or across the curves, to go through the run; drag the divider across the pictures.
      By keys: Tab leads to each slider, arrows move it.</p>
    <div class="said" role="status" aria-live="polite"></div></div>`;
  const find = (selector) => el.querySelector(selector), all = (selector) => [...el.querySelectorAll(selector)];
  const slider = find(".position"), play = find(".play"), stage = find(".stage"), wipe = find(".wipe");
  const plot = find(".plot"), side = find(".losses"), say = announcer(find(".said")), send = sender(model);
  let position = model.get("position"), timer = 0, across, down;

  all("select").forEach((select, i) => {
    choices.forEach(([name], number) => select.add(new Option(name, number, false, number === sides[i])));
    select.addEventListener("change", () => drawPictures((sides[i] = Number(select.value))));
  });
  all(".row .title").forEach((title, i) => (title.textContent = curves[i].name)); // as text: it may hold any sign
  const final = ready[choices.at(-1)[1][last]]; // at the last size
  const shape = () => el.firstElementChild.style.setProperty("--ratio", final.naturalWidth / final.naturalHeight);
  final.decode().then(shape, () => {}); // or the figure is gone already

  function drawPictures() {
    sides.forEach((choice, i) => {
      const [name, pictures, texts] = choices[choice], image = all(".stage img")[i], text = texts[position];
      if (image.src !== urls[pictures[position]]) image.src = urls[pictures[position]];
      image.alt = `${i ? "Right" : "Left"}: ${name}${text && `, ${text}`}`;
      all(".captions span")[i].textContent = text;
    });
  }

  function drawWipe() {
    stage.style.setProperty("--share", `${wipe.value}%`);
    wipe.setAttribute("aria-valuetext", `${wipe.value} % left, ${100 - wipe.value} % right`);
  }

  function drawPlot() { // anew where the width changes, so that letters keep their size
    const width = Math.max(260, side.clientWidth), wide = width - LEFT - RIGHT, tall = HEIGHT - TOP - BELOW;
    across = (evaluation) => LEFT + evaluation / end * wide;
    down = (loss) => TOP + Math.log(high / loss) / Math.log(high / low) * tall;
    const place = (evaluation, loss) => `${across(evaluation).toFixed(1)} ${down(loss).toFixed(1)}`;
    const path = (points) => points.map(([evaluation, loss], i) => // what is not above 0 has no logarithm: a gap
      (loss > 0 ? (points[i - 1]?.[1] > 0 ? "L" : "M") + place(evaluation, loss) : "")).join("");
    const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((s) => end / s < wide / 50) ?? end;
    const counts = Array.from({ length: Math.floor((end + 1) / step) }, (_, i) => (i + 1) * step);
    const text = (x, y, anchor, words) => `<text x="${x}" y="${y}" text-anchor="${anchor}">${words}</text>`;
    plot.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    plot.innerHTML = `<rect class="frame" x="${LEFT}" y="${TOP}" width="${wide}" height="${tall}"/>
      ${model.get("ticks").map(([loss, words]) => `<path class="grid" d="M${LEFT} ${down(loss)}h${wide}"/>
        ${text(LEFT - 7, down(loss) + 4, "end", words)}`).join("")}
      ${counts.map((count) => text(across(count - 1), TOP + tall + 16, "middle", count)).join("")}
      ${text(LEFT + wide / 2, HEIGHT - 5, "middle", "evaluations")} ${text(LEFT - 7, TOP - 2, "end", "loss")}
      ${model.get("grown").map((start) => `<path class="resized" d="M${across(start - 0.5)} ${TOP}v${tall}"/>
        ${text(across(start - 0.5) + 5, TOP + 13, "start", "larger picture")}`).join("")}
      <svg x="${LEFT}" y="${TOP}" width="${wide}" height="${tall}" viewBox="${LEFT} ${TOP} ${wide} ${tall}">
        ${curves.map(({ points }, i) => `<path class="line c${i % 7}" d="${path(points)}"/>`).join("")}
      </svg><g class="marks"></g>`;
    drawMarks();
  }

  function drawMarks() {
    const marks = curves.map((curve) => [across(curve.marks[position][0]), curve.marks[position][1]]);
    const lines = [...new Set(marks.map(([x]) => x))].map((x) =>
      `<path class="mark" d="M${x} ${TOP}V${HEIGHT - BELOW}"/><path class="grip" d="M${x - 6} ${TOP - 9}h12l-6 9z"/>`);
    const dots = marks.map(([x, loss], i) => (loss >= low && loss <= high // those outside the frame are left out
      ? `<circle class="dot c${i % 7}" cx="${x}" cy="${down(loss)}" r="4.5"/>` : ""));
    find(".marks").innerHTML = lines.concat(dots).join("");
  }

  function show(now) {
    position = now;
    const losses = curves.map(({ name, texts }) => `${name} ${texts[position]}`).join(", ");
    slider.value = position;
    slider.setAttribute("aria-valuetext", places[position]);
    find(".place").textContent = places[position];
    all(".row .number").forEach((number, i) => (number.textContent = curves[i].texts[position]));
    plot.setAttribute("aria-label", `Losses against evaluations, logarithmic. ${places[position]}: ${losses}`);
    drawPictures();
    if (across) drawMarks();
    return losses;
  }

  function go(now) {
    if (now === position) return;
    say(`${places[now]}; ${show(now)}`);
    send({ position });
  }

  function stop() {
    timer = clearInterval(timer);
    play.textContent = "Play";
  }

  play.addEventListener("click", () => {
    if (timer) return stop();
    if (position === last) go(0);
    play.textContent = "Pause";
    timer = setInterval(() => (position < last ? go(position + 1) : stop()), 600); // milliseconds
  });
  slider.addEventListener("input", () => stop(go(Number(slider.value))));
  wipe.addEventListener("input", drawWipe);
  keepKeys(el.firstElementChild);

  // The hand on `element`: `follow` gets how far it is from the left, in pixels.
  const drag = (element, follow) => ["pointerdown", "pointermove"].forEach((kind) =>
    element.addEventListener(kind, (event) => {
      if (kind === "pointerdown" && !event.button) element.setPointerCapture(event.pointerId);
      if (!element.hasPointerCapture(event.pointerId)) return;
      event.preventDefault(); // the page would mark text
      follow(event.clientX - element.getBoundingClientRect().left);
    }));
  drag(stage, (x) => drawWipe((wipe.value = Math.round(100 * x / stage.clientWidth))));
  drag(plot, (x) => { // to the nearest snapshot
    const far = curves[0].marks.map(([evaluation]) => Math.abs(across(evaluation) - x));
    stop(go(far.indexOf(Math.min(...far))));
  });

  model.on("change:position", () => model.get("position") !== position && show(model.get("position")));
  const resize = new ResizeObserver(drawPlot);
  resize.observe(side);
  show(position);
  drawWipe();
  return () => {
    [stop, say.stop].forEach((end) => end());
    resize.disconnect();
    urls.forEach((url) => URL.revokeObjectURL(url));
  };
}
export default { render };
