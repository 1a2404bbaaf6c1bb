// The large picture: two of photo, preview and result laid over each other, with a wipe between them.

function makeStage(el) {
  const find = (selector) => el.querySelector(selector);
  const frame = find(".frame"), over = find(".over"), under = find(".under"), handle = find(".handle");
  const addresses = { photo: "", preview: "", result: "" };
  let share = 50; // per cent of the width that the left one has

  const chosen = (side) => find(`.views.${side} input:checked`).value;
  const title = (name) => VIEWS.find(([each]) => each === name)[1];

  function place() {
    over.style.clipPath = `inset(0 ${100 - share}% 0 0)`;
    handle.style.left = `${share}%`;
    handle.setAttribute("aria-valuenow", Math.round(share));
    handle.setAttribute("aria-valuetext",
      `${Math.round(share)} per cent ${title(chosen("left"))}, the rest ${title(chosen("right"))}`);
  }

  function show() {
    const left = chosen("left"), right = chosen("right");
    for (const [image, name] of [[over, left], [under, right]]) {
      if (addresses[name] && image.src !== addresses[name]) image.src = addresses[name];
      image.alt = title(name);
    }
    for (const radio of el.querySelectorAll(".views input")) radio.disabled = !addresses[radio.value];
    handle.hidden = left === right;
    el.classList.toggle("shows-result", right === "result"); // regions are painted on photo and preview
    place();
  }

  const view = (side, name) => {
    find(`.views.${side} input[value="${name}"]`).checked = true;
    show();
  };

  // bytes: of a JPEG or PNG. The old address is given back only once the new picture is there: no flicker.
  function set(name, bytes, kind = "image/jpeg") {
    const last = addresses[name];
    addresses[name] = bytes && bytes.byteLength ? pictureURL(bytes, kind) : "";
    show();
    if (last) setTimeout(() => URL.revokeObjectURL(last), 2000);
  }

  function drag(event) {
    const box = frame.getBoundingClientRect();
    share = Math.min(100, Math.max(0, (100 * (event.clientX - box.left)) / box.width));
    place();
  }
  frame.addEventListener("pointerdown", (event) => {
    if (event.button || handle.hidden || event.target.closest("canvas")) return; // the handle lies above it
    event.preventDefault();
    frame.setPointerCapture(event.pointerId);
    frame.classList.add("held");
    handle.focus({ preventScroll: true });
    drag(event);
  });
  frame.addEventListener("pointermove", (event) => frame.classList.contains("held") && drag(event));
  frame.addEventListener("lostpointercapture", () => frame.classList.remove("held"));
  const move = (step) => (event) => {
    share = Math.min(100, Math.max(0, share + step * (event.shiftKey ? 5 : 1)));
    place();
  };
  onKeys(handle, {
    ArrowLeft: move(-2), ArrowRight: move(2), Home: () => move(-100)({}), End: () => move(100)({}),
  });
  for (const radio of el.querySelectorAll(".views input")) radio.addEventListener("change", show);
  return { set, view, chosen, has: (name) => Boolean(addresses[name]), photo: () => addresses.photo };
}

