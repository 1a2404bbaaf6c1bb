// The studio's page, side of page.py: its elements. What they do is in the files that follow, down to page.js.

const KNOBS = [
  { name: "strength", label: "Strength", low: 0, high: 1, step: 0.05, ends: ["more photo", "more painting"] },
  { name: "strokes", label: "Size of strokes", low: 0.5, high: 2, step: 0.1, ends: ["fine", "broad"] },
];
const VIEWS = [["photo", "Photo"], ["preview", "Preview"], ["result", "Result"]];
const SHAPES = [["left", "left half"], ["right", "right half"], ["top", "upper half"], ["bottom", "lower half"],
  ["middle", "middle"]];
const STEPS = [[20, "20: a sketch"], [40, "40"], [80, "80: as in the lessons"], [160, "160"], [300, "300: finest"]];
const FILES = "image/*,.heic,.heif,.avif,.tif,.tiff,.bmp";

const views = (side, chosen) => `<fieldset class="views ${side}"><legend>${side}</legend>${VIEWS.map(([name, title]) =>
  `<label><input type="radio" name="${side}" value="${name}" ${name === chosen ? "checked" : ""}><span>${title}</span>
   </label>`).join("")}</fieldset>`;

const knob = ({ name, label, low, high, step, ends }) => `<label class="knob"><span class="name">${label}</span>
  <input type="range" data-knob="${name}" min="${low}" max="${high}" step="${step}">
  <span class="ends" aria-hidden="true"><span>${ends[0]}</span><span>${ends[1]}</span></span></label>`;

const shelf = (kind, title) => `<section class="shelf ${kind}" aria-label="${title}"><h3>${title}</h3>
  <div class="thumbs" role="group" aria-label="${title}"></div></section>`;

function markup() {
  return `<div class="nst-live nst-studio" data-lm-suppress-shortcuts="true"><div class="table">
    <div class="choose">${shelf("photos", "Photo")}${shelf("paintings", "Paintings, up to three")}</div>
    <div class="stage">
      <div class="frame">
        <img class="under" alt=""><img class="over" alt="">
        <canvas class="paint" hidden aria-label="The photo, on which regions are painted with the mouse"></canvas>
        <div class="handle" role="slider" tabindex="0" aria-label="Wipe between left and right" aria-valuemin="0"
             aria-valuemax="100" aria-orientation="horizontal"><span aria-hidden="true">◂ ▸</span></div>
      </div>
      <div class="below">${views("left", "photo")}${views("right", "preview")}</div>
      <p class="caption"></p>
      <div class="going" hidden><progress max="1" value="0" aria-label="Progress of the painting"></progress>
        <span class="time"></span>
        <button type="button" class="stop">Stop</button></div>
      <p class="wrong" role="alert"></p>
    </div>
    <div class="knobs">
      ${KNOBS.map(knob).join("")}
      <div class="mix"></div>
      <label class="check"><input type="checkbox" data-check="keep_colors"> Keep the photo's colours</label>
      <label class="check"><input type="checkbox" data-check="regions"> A painting for each region</label>
      <div class="brushes" hidden>
        <div class="brush" role="group" aria-label="Brush"></div>
        <label>Brush <input type="range" class="width" min="4" max="80" value="28"></label>
        <div class="row"><select class="shapes" aria-label="A shape for this brush"><option value="">Shape …</option>
          ${SHAPES.map(([name, title]) => `<option value="${name}">${title}</option>`).join("")}</select>
          <button type="button" class="clear">Clear</button></div>
      </div>
      <label class="choice" title="Pixels of the picture, and the memory that it takes"><span class="name">Size</span>
        <select data-choice="size"></select></label>
      <label class="choice"><span class="name">Steps</span><select data-choice="steps">
        ${STEPS.map(([value, text]) => `<option value="${value}">${text}</option>`).join("")}</select></label>
      <div class="row main"><button type="button" class="go">Paint</button></div>
      <div class="row"><button type="button" class="save" disabled>Download picture</button>
        <button type="button" class="load" title="A picture that was saved here holds all its settings">Open a saved
          picture</button></div>
    </div>
    <section class="last" aria-label="Last results"><h3>Last results</h3><div class="strip" role="group"></div>
      <p class="help">They are kept in this browser, and nowhere else.
        <button type="button" class="forget">Forget them</button></p></section>
    <details class="code"><summary>Show me the code</summary><pre></pre>
      <p class="help">These lines make this very picture, if it was not stopped. A photo of your own has to lie beside
        the notebook; so do the regions, if there are any. <button type="button" class="copy">Copy</button>
        <button type="button" class="keep-regions" hidden>Download regions</button></p></details></div>
    <div class="said" role="status" aria-live="polite"></div>
    <input type="file" class="file" accept="${FILES}" hidden>
  </div>`;
}

// A row of pictures to choose from. `items`: {name, title, picture}; the last tile takes a file.
function fillShelf(shelf, items, onChoose, onFile) {
  const box = shelf.querySelector(".thumbs");
  box.replaceChildren(...items.map(({ name, title, picture }) => {
    const button = document.createElement("button"), image = document.createElement("img");
    Object.assign(button, { type: "button", className: "thumb", title });
    Object.assign(image, { alt: title, src: pictureURL(picture) });
    button.dataset.name = name;
    button.append(image, Object.assign(document.createElement("span"), { className: "badge" }));
    button.addEventListener("click", () => onChoose(name));
    return button;
  }));
  const own = document.createElement("button");
  Object.assign(own, { type: "button", className: "thumb own", title: "Choose a file, or drop one here" });
  own.textContent = "+ yours";
  own.addEventListener("click", onFile);
  box.append(own);
}

function markShelf(shelf, names) {
  for (const button of shelf.querySelectorAll(".thumb:not(.own)")) {
    const place = names.indexOf(button.dataset.name);
    button.setAttribute("aria-pressed", place >= 0);
    button.querySelector(".badge").textContent = place >= 0 && names.length > 1 ? place + 1 : "";
  }
}

