// What happens when: knobs to Python, pictures from Python, and what can be pressed just now.

function render({ model, el }) {
  el.innerHTML = markup();
  const root = el.firstElementChild, find = (selector) => root.querySelector(selector);
  const every = (selector) => [...root.querySelectorAll(selector)];
  const say = announcer(find(".said")), stage = makeStage(root), talk = makeTalk(model, find(".wrong"));
  const timers = new Set(), asked = { place: "photo" }; // where the file that is being chosen goes
  keepKeys(root);
  const last = makeLast(model, root, stage, (act, time) => timers.add(setTimeout(act, time)));
  let settings = model.get("settings");

  // ---- from the page to Python
  const change = (changes) => {
    settings = { ...settings, ...changes };
    find(".wrong").textContent = "";
    draw();
    talk.turn(changes);
  };
  const regions = makeRegions(root,
    (labels, width, height) => {
      draw();
      talk.expect();
      talk.drop("regions");
      model.send({ kind: "labels", width, height, settings }, undefined, [labels.slice()]);
    },
    (name) => talk.drop("regions") && model.send({ kind: "mask", name }));
  const choosePainting = (name) => {
    const place = settings.styles.indexOf(name), without = (list) => list.filter((_, index) => index !== place);
    if (place >= 0 && settings.styles.length === 1) return;
    const styles = place >= 0 ? without(settings.styles) : [...settings.styles, name].slice(-3);
    const weights = place >= 0 ? without(settings.weights) : [...settings.weights, 1].slice(-3);
    if (place >= 0 && settings.regions && styles.length > 1) {
      settings = { ...settings, styles, weights };
      return regions.remove(place);
    }
    change({ styles, weights, regions: settings.regions && styles.length > 1 });
  };
  const chooseFile = (place) => {
    asked.place = place;
    find(".file").click();
  };
  const bring = (files, place) => [...files].slice(0, 1).forEach((file) => {
    find(".wrong").textContent = "";
    sendFile(model, file, place);
  });
  takeFiles(root, asked, bring);
  every("[data-knob]").forEach((input) =>
    input.addEventListener("input", () => change({ [input.dataset.knob]: Number(input.value) })));
  every("[data-check]").forEach((input) =>
    input.addEventListener("change", () => {
      if (input.dataset.check === "regions" && input.checked && regions.isEmpty()) {
        settings = { ...settings, regions: true }; // Python hears of it with the first stroke
        talk.later({ regions: true });
        stage.view("right", "preview");
        return draw();
      }
      change({ [input.dataset.check]: input.checked });
    }));
  every("[data-choice]").forEach((input) =>
    input.addEventListener("change", () => change({ [input.dataset.choice]: Number(input.value) })));
  find(".go").addEventListener("click", () => {
    find(".go").disabled = true; // until Python says what comes of it
    find(".wrong").textContent = "";
    talk.expect(); // first: to a kernel that is gone, sending fails
    model.send({ kind: "paint", settings });
  });
  find(".stop").addEventListener("click", () => model.send({ kind: "stop" }));
  find(".load").addEventListener("click", () => chooseFile("record"));
  find(".copy").addEventListener("click", () => navigator.clipboard?.writeText(model.get("code")));
  find(".keep-regions").addEventListener("click", () => model.send({ kind: "regions" }));

  // ---- from Python to the page
  model.on("msg:custom", (message, files) => message.kind === "regions" && message.names.forEach((name, index) =>
    download(new Blob([files[index]], { type: "image/png" }), name)));

  function draw() {
    markShelf(find(".photos"), [settings.photo]);
    markShelf(find(".paintings"), settings.styles);
    every("[data-knob]").forEach((input) => {
      if (document.activeElement !== input || settings[input.dataset.knob] !== Number(input.value)) {
        input.value = settings[input.dataset.knob];
      }
    });
    every("[data-check]").forEach((input) => (input.checked = settings[input.dataset.check]));
    find("[data-check=regions]").disabled = settings.styles.length < 2;
    every("[data-choice]").forEach((input) => (input.value = settings[input.dataset.choice]));
    drawMix(find(".mix"), settings, (weights) => change({ weights }));
    regions.show(settings.regions, settings.styles.map(words));
    find(".keep-regions").hidden = !settings.regions;
  }

  const pictures = { photo: "photo", preview: "preview", growing: "result" };
  for (const [trait, name] of Object.entries(pictures)) {
    const show = () => model.get(trait).byteLength && stage.set(name, model.get(trait));
    model.on(`change:${trait}`, show);
    show();
  }
  const shelves = () => {
    const own = (place) => model.get("own").filter((each) => each.place === place);
    const fill = (kind, place, choose) => fillShelf(find(`.${kind}`), [...own(place), ...model.get(kind)], choose, () =>
      chooseFile(place));
    fill("photos", "photo", (photo) => change({ photo }));
    fill("paintings", "painting", choosePainting);
    draw();
  };
  model.on("change:own", shelves);
  model.on("change:settings", () => {
    if (talk.isBehind()) return; // what the hand does now is newer
    settings = model.get("settings");
    draw();
  });
  model.on("change:latest", last.take);
  model.on("change:code", () => (find("pre").textContent = model.get("code")));
  model.on("change:labels", () => regions.set(model.get("labels")));
  model.on("change:masks", () => regions.offer(model.get("masks")));
  model.on("change:sizes", () => drawSizes(find("[data-choice=size]"), model.get("sizes"), settings.size));
  model.on("change:said", () => {
    find(".wrong").textContent = model.get("said").text;
    find(".go").disabled = ["waiting", "painting"].includes(model.get("run").state);
  });
  model.on("change:answered", () => {
    if (talk.isBehind()) return;
    settings = model.get("settings"); // a file may have brought others, and what is out of range has been mended
    draw();
    say("The preview is there.");
  });
  const measured = new Image();
  measured.onload = () => {
    const ratio = measured.naturalWidth / measured.naturalHeight;
    find(".frame").style.setProperty("--ratio", ratio);
    regions.resize(1 / ratio);
  };
  const measure = () => (measured.src = stage.photo());
  model.on("change:photo", measure);
  measure();
  shelves();
  drawSizes(find("[data-choice=size]"), model.get("sizes"), settings.size);
  regions.offer(model.get("masks"));
  regions.set(model.get("labels"));
  find("pre").textContent = model.get("code");
  showRun(model, find, stage, say);
  last.begin(model.get("run").state === "idle");
  return () => {
    say.stop();
    talk.stop();
    timers.forEach(clearTimeout);
  };
}
export default { render };
