// The page's side of cloud.py. It draws both clouds, moves points by mouse, finger or keys, and sends them to Python,
// whose functions work out the distances; their bars are drawn when the answer comes. Nothing is fetched from anywhere.

const STEP = 0.05, LEFT = 46, RIGHT = 12; // of an arrow key, in units of the maps; pixels beside the plane, for names

function render({ model, el }) {
  const size = model.get("size"), [low, high] = model.get("limits"), scale = (size - LEFT - RIGHT) / (high - low);
  const across = (x) => LEFT + (x - low) * scale, down = (y) => size - LEFT - (y - low) * scale;
  const within = (value) => Math.round(Math.min(high, Math.max(low, value)) * 1000) / 1000;

  keepKeys(el);
  el.innerHTML = page(model.get("points").length);
  const find = (selector) => el.querySelector(selector);
  const svg = find(".plane"), side = find(".side"), said = find(".said"), dots = [...el.querySelectorAll(".point")];
  const bars = el.querySelectorAll(".distance");
  let points = model.get("points"), chosen = 0, frame = 0, waiting, saying;

  function page(count) {
    const ticks = model.get("ticks"), start = across(low), side = across(high) - start, middle = start + side / 2;
    const lines = (kind, t) =>
      `<path class="${kind}" d="M${start} ${down(t)}h${side}M${across(t)} ${down(low)}v${-side}"/>`;
    const labels = (t) => `<text x="${across(t)}" y="${down(low) + 16}" text-anchor="middle">${+t.toFixed(6)}</text>
      <text x="${start - 6}" y="${down(t) + 4}" text-anchor="end">${+t.toFixed(6)}</text>`;
    const cross = (x, y) => `<path class="cross" d="M${x - 5} ${y - 5}l10 10m0-10l-10 10"/>`;
    const bar = `<div class="distance"><div class="label"><span class="title"></span><span class="number"></span></div>
      <div class="track" aria-hidden="true"><div class="fill"></div></div><div class="wrong"></div></div>`;
    const point = `<g class="point" role="img"><circle class="hand" r="13"/><circle class="dot" r="6"/></g>`;
    return `<div class="nst-live nst-cloud" data-lm-suppress-shortcuts="true">
      <svg class="plane" width="${size}" viewBox="0 0 ${size} ${size}" role="application"
           aria-label="Cloud of ${count} points, map 2 against map 1. N and P choose a point, arrow keys move it.">
        <g aria-hidden="true">
          <rect class="frame" x="${start}" y="${down(high)}" width="${side}" height="${side}"/>
          ${ticks.map((t) => lines("grid", t)).join("")} ${lines("axis", 0)} ${ticks.map(labels).join("")}
          <circle class="origin" cx="${across(0)}" cy="${down(0)}" r="9"/>
          <text x="${across(0) + 6}" y="${down(0) + 22}">origin</text>
          <text class="name" x="${middle}" y="${size - 8}" text-anchor="middle">map 1</text>
          <text class="name" transform="translate(12 ${size - middle}) rotate(-90)" text-anchor="middle">map 2</text>
          ${model.get("target").map(([x, y]) => cross(across(x), down(y))).join("")}
        </g>
        ${point.repeat(count)}
      </svg>
      <div class="side">
        <div class="key" aria-hidden="true">
          <svg width="14" height="14"><circle class="dot" cx="7" cy="7" r="6"/></svg>points
          <svg width="14" height="14">${cross(7, 7)}</svg>target
        </div>
        ${bar.repeat(model.get("results").length)}
        <div class="scale" aria-hidden="true"><span>0: a match</span><span>1: nothing in common</span></div>
        <button type="button">Back to the beginning</button>
        <p class="help">Drag a round point. By keys: N and P choose one, arrows move it, with Shift in long steps.</p>
      </div><div class="said" role="status" aria-live="polite"></div>
    </div>`;
  }

  const shown = (point) => `map 1 ${point[0].toFixed(2)}, map 2 ${point[1].toFixed(2)}`;
  const describe = (index) => `Point ${index + 1} of ${points.length}: ${shown(points[index])}`;

  function drawPoints() {
    dots.forEach((dot, index) => {
      dot.setAttribute("transform", `translate(${across(points[index][0])} ${down(points[index][1])})`);
      dot.setAttribute("aria-label", describe(index));
      dot.setAttribute("tabindex", index === chosen ? 0 : -1); // Tab enters the cloud once, not at every point
    });
  }

  function drawResults() {
    model.get("results").forEach(({ name, number, text }, index) => {
      const known = number !== null, part = (selector) => bars[index].querySelector(selector);
      bars[index].classList.toggle("over", known && number > 1);
      part(".fill").style.width = `${100 * Math.min(1, Math.max(0, number ?? 0))}%`;
      part(".title").textContent = name; // as text: it may hold any sign
      part(".number").textContent = known ? text : "–";
      part(".wrong").textContent = known ? "" : text;
    });
  }

  // Once a frame at most; and Jupyter keeps back, of what comes meanwhile, all but the last until Python has answered.
  function change(newPoints) {
    points = newPoints;
    drawPoints();
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      model.set("points", points);
      model.set("moved", model.get("moved") + 1);
      model.save_changes();
      waiting ??= setTimeout(() => side.classList.add("waiting"), 700); // old numbers must not pass for new ones
    });
  }

  const move = (index, x, y) => change(points.with(index, [within(x), within(y)]));

  function choose(index) {
    chosen = (index + points.length) % points.length;
    drawPoints();
    dots[chosen].focus({ preventScroll: true });
  }

  dots.forEach((dot, index) => {
    dot.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault(); // the page would mark text
      dot.setPointerCapture(event.pointerId);
      dot.classList.add("held");
      choose(index);
    });
    dot.addEventListener("pointermove", (event) => {
      if (!dot.classList.contains("held")) return;
      const box = svg.getBoundingClientRect(), zoom = size / box.width; // a narrow page shrinks the plane
      move(index, low + ((event.clientX - box.left) * zoom - LEFT) / scale,
        low + (size - LEFT - (event.clientY - box.top) * zoom) / scale);
    });
    dot.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false }); // a finger would scroll
    dot.addEventListener("lostpointercapture", () => dot.classList.remove("held"));
  });

  svg.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 5 * STEP : STEP, [x, y] = points[chosen], key = event.key;
    const act = {
      ArrowLeft: () => move(chosen, x - step, y), ArrowRight: () => move(chosen, x + step, y),
      ArrowDown: () => move(chosen, x, y - step), ArrowUp: () => move(chosen, x, y + step),
      n: () => choose(chosen + 1), p: () => choose(chosen - 1),
    }[key.length === 1 ? key.toLowerCase() : key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault(); // the page would scroll,
    event.stopPropagation(); // and Jupyter go to another cell
    act();
  });

  find("button").addEventListener("click", () => change(model.get("start")));
  model.on("change:points", () => {
    if (frame) return; // what the hand does now is newer
    points = model.get("points");
    drawPoints();
  });
  model.on("change:results", drawResults);
  model.on("change:answered", () => {
    if (model.get("answered") !== model.get("moved")) return;
    waiting = clearTimeout(waiting);
    side.classList.remove("waiting");
    clearTimeout(saying); // read out when the hand rests, not at every move
    saying = setTimeout(() => {
      const numbers = model.get("results").map((result) => `${result.name} ${result.text}`);
      said.textContent = [describe(chosen), ...numbers].join("; ");
    }, 800);
  });
  drawPoints();
  drawResults();
  return () => [waiting, saying].forEach(clearTimeout);
}
export default { render };
