// Regions: which painting goes where, painted on the photo with the mouse. A number for each pixel, from 0.

const COLORS = ["0, 114, 178", "213, 94, 0", "0, 158, 115"]; // Okabe and Ito's, as in live.css
const LONGER = 256; // pixels of the map's longer side, as LABELS in messages.py

function makeRegions(el, onChange, onMask) {
  const canvas = el.querySelector(".paint"), tools = el.querySelector(".brushes");
  const brush = tools.querySelector(".brush"), width = tools.querySelector(".width");
  let labels = new Uint8Array(0), size = [0, 0], number = 1, last = null;

  function draw() {
    if (!labels.length) return;
    const context = canvas.getContext("2d"), image = context.createImageData(...size);
    labels.forEach((label, place) => {
      const [red, green, blue] = COLORS[label].split(",").map(Number);
      image.data.set([red, green, blue, 90], 4 * place);
    });
    context.putImageData(image, 0, 0);
  }

  function resize(ratio) { // height to width, of the photo
    const next = ratio > 1 ? [Math.round(LONGER / ratio), LONGER] : [LONGER, Math.round(LONGER * ratio)];
    if (String(next) === String(size)) return;
    size = next;
    labels = new Uint8Array(size[0] * size[1]);
    [canvas.width, canvas.height] = size;
    draw();
  }

  function set(map) {
    if (!map.width) return;
    size = [map.width, map.height];
    const bytes = map.values;
    labels = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice();
    [canvas.width, canvas.height] = size;
    draw();
  }

  function dab(x, y) {
    const radius = (width.value / 512) * size[0];
    for (let row = Math.max(0, Math.floor(y - radius)); row <= Math.min(size[1] - 1, y + radius); row++) {
      for (let column = Math.max(0, Math.floor(x - radius)); column <= Math.min(size[0] - 1, x + radius); column++) {
        if ((row - y) ** 2 + (column - x) ** 2 <= radius ** 2) labels[row * size[0] + column] = number;
      }
    }
  }

  function stroke(event) {
    const box = canvas.getBoundingClientRect();
    if (!box.width || !box.height) return; // as while a picture is exchanged: there is no place, and no end of the line
    const x = ((event.clientX - box.left) / box.width) * size[0];
    const y = ((event.clientY - box.top) / box.height) * size[1];
    const [x0, y0] = last ?? [x, y], steps = Math.max(1, Math.ceil(Math.hypot(x - x0, y - y0) / 2));
    for (let step = 0; step <= steps; step++) dab(x0 + ((x - x0) * step) / steps, y0 + ((y - y0) * step) / steps);
    last = [x, y];
    draw();
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    last = null;
    canvas.classList.add("held");
    stroke(event);
  });
  canvas.addEventListener("pointermove", (event) => canvas.classList.contains("held") && stroke(event));
  canvas.addEventListener("lostpointercapture", () => {
    canvas.classList.remove("held");
    onChange(labels, ...size);
  });
  canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });

  function choose(chosen) {
    number = chosen;
    brush.querySelectorAll("button").forEach((button, index) => button.setAttribute("aria-pressed", index === number));
  }

  // titles: of the paintings, whose numbers the brush paints.
  function show(on, titles) {
    if (on && tools.hidden) number = 1; // the first painting has the whole photo to begin with
    tools.hidden = canvas.hidden = !on;
    brush.replaceChildren(...titles.map((title, index) => {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      button.textContent = `${index + 1} ${title}`;
      button.style.setProperty("--brush", `rgb(${COLORS[index]})`);
      button.addEventListener("click", () => choose(index));
      return button;
    }));
    choose(Math.min(number, Math.max(1, titles.length - 1)));
    draw();
  }

  // Shapes and ready-made masks do without a mouse.
  tools.querySelector(".shapes").addEventListener("change", ({ target }) => {
    const [columns, rows] = size, shape = target.value;
    const inside = {
      left: (x) => x < 0.5, right: (x) => x >= 0.5, top: (x, y) => y < 0.5, bottom: (x, y) => y >= 0.5,
      middle: (x, y) => ((x - 0.5) / 0.3) ** 2 + ((y - 0.5) / 0.38) ** 2 <= 1,
    }[shape];
    if (!shape) return;
    if (!inside) return onMask(shape);
    // The brush's region becomes the shape, so that arrow keys can go through them all.
    labels = labels.map((label, place) =>
      (inside(((place % columns) + 0.5) / columns, (Math.floor(place / columns) + 0.5) / rows) ? number :
        label === number ? 0 : label));
    draw();
    onChange(labels, ...size);
  });

  // names: of the ready-made masks of this photo.
  function offer(names) {
    const shapes = tools.querySelector(".shapes");
    shapes.querySelectorAll(".mask").forEach((option) => option.remove());
    shapes.append(...names.map((name) => Object.assign(document.createElement("option"),
      { value: name, textContent: `mask: ${name.replaceAll("_", " ")}`, className: "mask" })));
  }

  // A painting is taken away: its region goes to the first one, and later ones move up.
  function remove(place) {
    labels = labels.map((label) => (label === place ? 0 : label > place ? label - 1 : label));
    draw();
    onChange(labels, ...size);
  }

  tools.querySelector(".clear").addEventListener("click", () => {
    labels.fill(0);
    tools.querySelector(".shapes").value = "";
    draw();
    onChange(labels, ...size);
  });
  return { show, set, resize, offer, remove, isEmpty: () => !labels.some(Boolean) };
}

