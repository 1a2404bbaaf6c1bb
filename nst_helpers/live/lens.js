// The page's side of lens.py. It moves the lens and draws what Python answers: similarities, the strongest maps, the
// pixels that are seen. The square follows the hand at once. Nothing is fetched from anywhere.

const DARK = 0.75, SHOWN = 5; // how dark what is not alike becomes; maps that are shown

function render({ model, el }) {
  const layers = model.get("layers"), [height, width] = model.get("size"), send = sender(model);
  const nearest = (value, end) => Math.max(0, Math.min(end - 1, Math.floor(value)));
  const named = (name) => layers.findIndex((each) => each.name === name);

  el.innerHTML = page();
  keepKeys(el.firstElementChild);
  const find = (selector) => el.querySelector(selector), root = find(".nst-live"), say = announcer(find(".said"));
  const photos = [...el.querySelectorAll(".photo")], buttons = [...el.querySelectorAll("button")];
  const images = [...el.querySelectorAll("img")], url = pictureURL(model.get("photo")), loaded = new Image();
  let place = model.get("place"), held = false, waiting;
  buttons.forEach((button, at) => (button.textContent = layers[at].name));
  images.forEach((image) => (image.src = url));
  loaded.onload = drawCrop;
  loaded.src = url;

  function page() {
    const marks = `<i class="field"></i><i class="ring"></i>`, shape = `style="aspect-ratio: ${width} / ${height}"`;
    const photo = (more, label) => `<div class="photo" ${shape} ${label}><img alt="">${more}${marks}</div>`;
    return `<div class="nst-live nst-lens" data-lm-suppress-shortcuts="true">
      <div class="layers" role="group" aria-label="Layer">
        ${`<button type="button"></button>`.repeat(layers.length)}</div>
      <div class="photos" style="--ratio: ${width / height}">
        <div class="side"><div class="title">What one position sees</div><div class="note sees"></div>
          ${photo("", 'role="application" tabindex="0"')}</div>
        <div class="side"><div class="title">What looks alike to the layer</div><div class="note alike"></div>
          ${photo(`<canvas class="map light"></canvas><i class="twin"></i>`, 'aria-hidden="true"')}</div>
      </div>
      <div class="row">
        <figure class="crop"><figcaption>enlarged</figcaption><canvas class="map"></canvas></figure>
        <div class="maps"><div class="title">Its strongest maps, and their values here</div><div class="five">
          ${`<figure class="one"><figcaption><span class="name"></span> <span class="number"></span></figcaption>
            <div class="small"><canvas class="map"></canvas><i class="ring"></i></div></figure>`.repeat(SHOWN)}
        </div></div>
      </div>
      <p class="help">Move over a photo; a click holds the lens, Escape lets go. By keys: arrows move and hold, with
        Shift in long steps, N and P take the next and the previous layer. Each map is drawn by its root, from black,
        0, to its largest value.</p><div class="said" role="status" aria-live="polite"></div></div>`;
  }

  const layer = () => layers[named(place[0])];
  const put = (selector, traits) => el.querySelectorAll(selector).forEach((mark) => Object.assign(mark.style, traits));
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  const onPhoto = (row, column, distance) => (
    { left: percent((column + 0.5) * distance, width), top: percent((row + 0.5) * distance, height) });

  function bounds() { // the answer's numbers, before the answer is there
    const [side, distance, start] = layer().field;
    const cut = (at, end) => [Math.max(0, at * distance + start), Math.min(end, at * distance + start + side)];
    return [cut(place[1], height), cut(place[2], width)];
  }

  function drawPlace() {
    const [, row, column] = place, { field: [side, distance], shape } = layer();
    const [[top, bottom], [left, right]] = bounds();
    const cut = bottom - top < side || right - left < side;
    put(".photo .field", { left: percent(left, width), top: percent(top, height),
      width: percent(right - left, width), height: percent(bottom - top, height) });
    root.classList.toggle("tiny", side < 0.06 * width);
    put(".photo .ring", onPhoto(row, column, distance));
    put(".small .ring", { left: percent(column + 0.5, shape[1]), top: percent(row + 0.5, shape[0]) });
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", at === named(place[0])));
    find(".sees").textContent = `${side} × ${side} pixels` + (held ? " · held" : "") +
      (cut ? ` · cut off at the border: ${bottom - top} × ${right - left}` : "");
    photos[0].setAttribute("aria-label", "Photo under a lens, arrow keys move, N and P choose the layer. " +
      `${place[0]}, row ${row}, column ${column}: sees rows ${top} to ${bottom - 1}, columns ${left} to ${right - 1}`);
    drawCrop();
  }

  function drawCrop() {
    const [[top, bottom], [left, right]] = bounds(), canvas = find(".crop canvas"), side = layer().field[0];
    const [, distance, start] = layer().field, [, row, column] = place;
    Object.assign(canvas, { width: side, height: side }); // what lies outside the photo stays empty
    if (!loaded.complete || !loaded.naturalWidth) return;
    canvas.getContext("2d").drawImage(loaded, left, top, right - left, bottom - top,
      left - column * distance - start, top - row * distance - start, right - left, bottom - top);
  }

  function drawAnswer() {
    const { place: [name, row, column], light, dark, clear, maps, names, values, twin } = model.get("answer");
    const { shape: [rows, columns], field: [, distance] } = layers[named(name)];
    const bytes = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const shade = new ImageData(columns, rows);
    bytes(light).forEach((value, k) => (shade.data[4 * k + 3] = DARK * (255 - value))); // black, clear where alike
    Object.assign(find(".light"), { width: columns, height: rows }).getContext("2d").putImageData(shade, 0, 0);
    put(".light", { width: percent(columns * distance, width), height: percent(rows * distance, height) });
    el.querySelectorAll(".one").forEach((one, n) => {
      one.classList.toggle("silent", n >= names.length);
      if (n >= names.length) return;
      one.querySelector(".name").textContent = `map ${names[n]}`;
      one.querySelector(".number").textContent = values[n];
      one.querySelector(".small").style.aspectRatio = `${columns} / ${rows}`;
      paintMap(one.querySelector("canvas"), bytes(maps[n]), columns, 0, 255, model.get("colors"));
    });
    put(".twin", twin ? { display: "block", ...onPhoto(...twin, distance) } : { display: "none" });
    find(".alike").textContent = !names.length ? "all maps are silent here: no direction to compare" :
      `clear: cosine ${clear}${twin ? " (diamond) or more" : ""}; dark: ${dark} or less`;
    waiting = clearTimeout(waiting);
    root.classList.remove("waiting");
    say(`${name}, row ${row}, column ${column}. ${names.map((map, n) => `Map ${map}: ${values[n]}`).join(", ")}`);
  }

  function set(changed, hold) {
    held = hold;
    if (`${place}` !== `${changed}`) {
      place = changed;
      send({ place });
      waiting ??= setTimeout(() => root.classList.add("waiting"), 700); // old answers must not pass for new ones
    }
    drawPlace();
  }

  function choose(at) { // another layer, in the same place of the photo
    const { name, field: [, distance], shape } = layers[(at + layers.length) % layers.length], old = layer().field[1];
    set([name, ...[0, 1].map((axis) => nearest(((place[axis + 1] + 0.5) * old) / distance, shape[axis]))], held);
  }

  const at = (event) => {
    const box = event.currentTarget.getBoundingClientRect(), { name, field: [, distance], shape } = layer();
    return [name, nearest((((event.clientY - box.top) / box.height) * height) / distance, shape[0]),
      nearest((((event.clientX - box.left) / box.width) * width) / distance, shape[1])];
  };
  for (const photo of photos) {
    photo.addEventListener("pointermove", (event) => held || set(at(event), false));
    photo.addEventListener("click", (event) => set(at(event), !(held && `${at(event)}` === `${place}`)));
  }
  const move = (down, across) => ({ shiftKey }) => {
    const { name, shape } = layer(), step = shiftKey ? Math.ceil(shape[0] / 16) + 1 : 1;
    set([name, nearest(place[1] + down * step, shape[0]), nearest(place[2] + across * step, shape[1])], true);
  };
  onKeys(photos[0], { ArrowUp: move(-1, 0), ArrowDown: move(1, 0), ArrowLeft: move(0, -1), ArrowRight: move(0, 1),
    Enter: () => set(place, !held), " ": () => set(place, !held) });
  onKeys(root, { n: () => choose(named(place[0]) + 1), p: () => choose(named(place[0]) - 1),
    Escape: () => set(place, false) });
  buttons.forEach((button, at) => button.addEventListener("click", () => choose(at)));
  model.on("change:answer", drawAnswer);
  model.on("change:place", () => set(model.get("place"), held));
  drawPlace();
  drawAnswer();
  return () => [say.stop(), clearTimeout(waiting), URL.revokeObjectURL(url)];
}

export default { render };
