// The page's side of gram_microscope.py. All maps are here, so an entry or a position is answered without Python; sums
// and entries are in print already, as Python worked them out. Nothing is fetched from anywhere.

const SIDE = 380, LEFT = 26, DARK = 0.75; // units of the matrix; room for the maps' numbers; how dark 0 is

function render({ model, el }) {
  const names = model.get("names"), count = names.length, all = model.get("count");
  const [height, width] = model.get("shape"), fromModel = () => model.get("entry").map((name) => names.indexOf(name));
  const maps = floats(model.get("maps")), gram = floats(model.get("gram")), colors = model.get("colors");
  const positions = height * width, many = positions.toLocaleString("en"), cell = (SIDE - LEFT) / count;
  const mapOf = (map) => maps.subarray(map * positions, (map + 1) * positions);
  const largest = (values) => values.reduce((top, value) => Math.max(top, value), 0);
  const tops = names.map((_, map) => largest(mapOf(map))), corner = (map) => LEFT + map * cell;
  const within = (value, end) => Math.max(0, Math.min(end - 1, Math.floor(value)));
  const shown = (value) => `${+value.toPrecision(4)}`;

  el.innerHTML = page();
  keepKeys(el.firstElementChild);
  const find = (selector) => el.querySelector(selector), root = find(".nst-live"), say = announcer(find(".said"));
  const grid = find(".grid"), painting = find(".painting"), canvases = [...el.querySelectorAll(".factor canvas")];
  const held = { entry: false, place: false };
  let entry = fromModel(), place = null, frame = 0;
  find("img").onload = ({ target: img }) => painting.style.setProperty("--ratio", img.naturalWidth / img.naturalHeight);
  find("img").src = pictureURL(model.get("painting"));

  function page() {
    const strongest = largest(gram) || 1, [down, across] = model.get("share").map((share) => 100 * share);
    const rect = (i, j, inset, more) => `<rect x="${corner(j) + inset}" y="${corner(i) + inset}"
      width="${cell - 2 * inset}" height="${cell - 2 * inset}" ${more}/>`;
    const paint = (value) => {
      const at = 3 * Math.round(255 * Math.sqrt(Math.max(0, value) / strongest)); // the root: weak ones can be seen
      return `fill="rgb(${[0, 1, 2].map((channel) => colors.getUint8(at + channel))})"`;
    };
    const cells = [...gram].map((value, at) => rect(Math.floor(at / count), at % count, cell / 40, paint(value)));
    const frames = names.map((_, map) => rect(map, map, cell * 0.16, 'class="diagonal"'));
    const labels = names.map((name, map) => `<text class="row" x="${LEFT - 5}" y="${corner(map) + cell / 2 + 4}"
      text-anchor="end">${name}</text><text class="column" x="${corner(map) + cell / 2}" y="${LEFT - 7}"
      text-anchor="middle">${name}</text>`);
    const ring = `<i class="ring"></i>`, factor = (name) => `<figure class="factor ${name}"><figcaption>their product
      </figcaption><div class="field" style="aspect-ratio: ${width} / ${height}"><canvas class="map"></canvas>${ring}
      </div></figure>`;
    return `<div class="nst-live nst-gram_microscope ${count > 16 ? "many" : ""}" data-lm-suppress-shortcuts="true">
      <div class="plates">
        <div class="matrix">
          <div class="title">Gram matrix of ${model.get("layer")}</div><div class="note pair"></div>
          <svg class="grid" viewBox="0 0 ${SIDE} ${SIDE}" role="application" tabindex="0"><g aria-hidden="true">
            ${cells.join("")}${frames.join("")}<path class="adds"/>${rect(0, 0, 0, 'class="mirror"')}
            ${rect(0, 0, 0, 'class="chosen"')}${labels.join("")}</g></svg>
          <div class="note">${count < all ? `the ${count} strongest of ${all} maps` : `all ${all} maps`}; the diagonal,
            each with itself, is framed</div>
        </div>
        <div class="source">
          <div class="title">Where in the painting it comes from</div><div class="note where"></div>
          <div class="painting" role="application" tabindex="0"><img alt="">
            <div class="field" style="width: ${across}%; height: ${down}%"><canvas class="map light"></canvas>${ring}
            </div></div><div class="note">bright: the product is large; dark: it is 0</div>
        </div>
      </div>
      <div class="factors">
        ${factor("first")}<span class="sign">×</span>${factor("second")}<span class="sign">=</span>${factor("product")}
        <div class="result"><div class="title">The mean of the product is the entry</div>
          <div class="sum"></div><div class="note term"></div></div>
      </div>
      <p class="help">Point at an entry, or at a place in the painting; a click holds it, Escape lets go. By keys: Tab
        goes from matrix to painting, arrows move and hold, with Shift in long steps. Black is 0; all is drawn by its
        root, so that weak values can be seen, and the maps on one scale: each brightness is the product of two.</p>
      <div class="said" role="status" aria-live="polite"></div></div>`;
  }

  function drawEntry() {
    const [i, j] = entry, first = mapOf(i), second = mapOf(j), shade = new ImageData(width, height);
    const product = Float32Array.from(first, (value, k) => Math.sqrt(Math.max(0, value * second[k])));
    const top = Math.max(tops[i], tops[j]), roots = [first.map(Math.sqrt), second.map(Math.sqrt), product];
    roots.forEach((values, n) => paintMap(canvases[n], values, width, 0, n < 2 ? Math.sqrt(top) : top, colors));
    const most = largest(product) / 2 || 1; // the shade is black, and clear where the product is large
    product.forEach((value, k) => (shade.data[4 * k + 3] = 255 * DARK * Math.max(0, 1 - value / most)));
    Object.assign(find(".light"), { width, height }).getContext("2d").putImageData(shade, 0, 0);
    for (const [mark, y, x] of [[".chosen", i, j], [".mirror", j, i]])
      for (const [side, at] of Object.entries({ x, y })) find(mark).setAttribute(side, corner(at));
    for (const [kind, chosen] of [[".row", i], [".column", j]])
      el.querySelectorAll(kind).forEach((text, map) => text.classList.toggle("on", map === chosen));
    const pair = `map ${names[i]} with ${i === j ? "itself" : `map ${names[j]}`}`, at = i * count + j;
    const number = model.get("entries")[at], total = `${model.get("sums")[at]} / ${many} = `;
    [i, j].forEach((map, n) => (el.querySelectorAll("figcaption")[n].textContent = `map ${names[map]}`));
    find(".pair").innerHTML = `${pair}: <span class="number">${number}</span>${held.entry ? " · held" : ""}`;
    find(".sum").innerHTML = `${total}<span class="number">${number}</span>`;
    grid.setAttribute("aria-label", `Gram matrix, ${count} by ${count} entries, arrow keys move. ${pair}: ${number}`);
    return `${pair}: ${total}${number}`;
  }

  function drawPlace() {
    const [i, j] = entry, [row, column] = place ?? [0, 0], spot = `row ${row}, column ${column}`;
    const vector = names.map((_, map) => (place ? maps[map * positions + row * width + column] : 0));
    const most = largest(vector) || 1;
    const term = `${shown(vector[i])} × ${shown(vector[j])} = ${shown(vector[i] * vector[j])}`;
    const squares = vector.flatMap((value, a) => vector.map((other, b) => {
      const side = (0.8 * cell * Math.sqrt(Math.max(0, value * other))) / most, inset = (cell - side) / 2;
      return side < 0.5 ? "" : `M${corner(b) + inset} ${corner(a) + inset}h${side}v${side}h${-side}z`;
    }));
    find(".adds").setAttribute("d", squares.join(""));
    root.classList.toggle("placed", Boolean(place));
    root.style.setProperty("--down", `${(100 * (row + 0.5)) / height}%`);
    root.style.setProperty("--across", `${(100 * (column + 0.5)) / width}%`);
    find(".where").textContent = place ? `${spot} feeds the entries with white squares${held.place ? " · held" : ""}` :
      "point here to see which entries one position feeds";
    find(".term").textContent = place ? `At ${spot} the product is ${term}: one term of that sum.` :
      `The sum over all ${height} × ${width} positions, divided by their number.`;
    painting.setAttribute("aria-label", `Painting, ${height} by ${width} positions, arrow keys move.` +
      (place ? ` ${spot}: ${term}` : ""));
    return place && `${spot}: ${term}`;
  }

  function set(kind, value, hold) {
    held[kind] = hold;
    [entry, place] = kind === "place" ? [entry, value] : [value, place];
    if (kind === "entry" && hold && `${fromModel()}` !== `${entry}`) {
      model.set("entry", entry.map((map) => names[map]));
      model.save_changes();
    }
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      const words = drawEntry();
      say(drawPlace() || words);
    });
  }

  function listen(kind, element, [rows, columns], at, now) {
    const move = (down, across) => ({ shiftKey }, step = shiftKey ? Math.ceil(rows / 16) + 1 : 1) =>
      set(kind, [within(now()[0] + down * step, rows), within(now()[1] + across * step, columns)], true);
    const turn = () => set(kind, now(), !held[kind]);
    onKeys(element, { ArrowUp: move(-1, 0), ArrowDown: move(1, 0), ArrowLeft: move(0, -1), ArrowRight: move(0, 1),
      Enter: turn, " ": turn });
    element.addEventListener("pointermove", (event) => held[kind] || set(kind, at(event), false));
    element.addEventListener("pointerleave", () => kind === "place" && !held.place && set(kind, null, false));
    element.addEventListener("click", (event) => // a second click lets go
      set(kind, at(event), !(held[kind] && `${at(event)}` === `${now()}`)));
  }

  const from = (event, element, scale, box = element.getBoundingClientRect()) =>
    [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width].map(scale);
  listen("entry", grid, [count, count], (event) =>
    from(event, grid, (part) => within((part * SIDE - LEFT) / cell, count)), () => entry);
  listen("place", painting, [height, width], (event) => from(event, find(".light"), (part, axis) =>
    within(part * [height, width][axis], [height, width][axis])), () => place ?? [height >> 1, width >> 1]);
  onKeys(root, { Escape: () => set("place", null, held.entry = false) }); // lets go of both
  model.on("change:entry", () => set("entry", fromModel(), true));
  set("place", null, false);
  return () => [say.stop(), cancelAnimationFrame(frame), URL.revokeObjectURL(find("img")?.src)];
}
export default { render };
