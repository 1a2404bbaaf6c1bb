// What the live figures share in the page. It stands before each figure's own file, as one text with it (figure.py).

// From bytes that Python sent: an address for an <img>. Give the last one back, or the pages' memory grows.
function pictureURL(bytes, kind = "image/jpeg", last = null) {
  if (last) URL.revokeObjectURL(last);
  return URL.createObjectURL(new Blob([bytes], { type: kind }));
}

// From bytes that `floats` in figure.py made.
function floats(bytes) {
  const copy = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice(); // starts at a multiple of 4
  return new Float32Array(copy.buffer);
}

// Values (height * width, row by row) onto a canvas, one pixel each, low to high through `colors` (768 bytes).
function paintMap(canvas, values, width, low, high, colors) {
  const height = values.length / width, scale = 255 / (high - low || 1);
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  const color = (index) => (colors.getUint8 ? colors.getUint8(index) : colors[index]);
  for (let place = 0; place < values.length; place++) {
    const level = Math.max(0, Math.min(255, Math.round((values[place] - low) * scale)));
    for (let channel = 0; channel < 3; channel++) image.data[4 * place + channel] = color(3 * level + channel);
    image.data[4 * place + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

// Says a text to screen readers when the hand rests, not at every move; `element` has role="status".
function announcer(element, wait = 700) {
  let timer;
  const say = (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (element.textContent = text), wait);
  };
  say.stop = () => clearTimeout(timer);
  return say;
}

// Sends traits to Python once a frame at most. Of what comes while Python is at work, Jupyter keeps only the last.
function sender(model) {
  let frame = 0, traits = {};
  return (changes) => {
    Object.assign(traits, changes);
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      for (const [name, value] of Object.entries(traits)) model.set(name, value);
      traits = {};
      model.save_changes();
    });
  };
}

// Keys inside a figure are the figure's: the page must not scroll, nor Jupyter go to another cell.
function onKeys(element, actions) {
  element.addEventListener("keydown", (event) => {
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!actions[name] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    actions[name](event);
  });
}

// What is typed inside a figure is the figure's: Jupyter would take arrows away from sliders, and delete a cell at "x".
function keepKeys(element) {
  element.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  });
}

