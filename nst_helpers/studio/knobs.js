// The knobs as they are drawn: mixture of styles, sizes, words.

const words = (name) => name.replace(/\.\w+$/, "").replaceAll("_", " ");

// A slider for each painting where there are several, and none where each has a region of its own.
function drawMix(box, { styles, weights, regions }, onChange) {
  const wanted = styles.length > 1 && !regions ? styles : [];
  if (box.dataset.styles !== wanted.join("/")) {
    box.dataset.styles = wanted.join("/");
    box.replaceChildren(...wanted.map((style) => {
      const label = Object.assign(document.createElement("label"), { className: "knob" });
      const name = Object.assign(document.createElement("span"), { className: "name" });
      name.textContent = `Share of ${words(style)}`;
      const input = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 1, step: 0.05 });
      input.addEventListener("input", () =>
        onChange([...box.querySelectorAll("input")].map((each) => Number(each.value))));
      label.append(name, input);
      return label;
    }));
  }
  box.querySelectorAll("input").forEach((input, index) => (input.value = weights[index]));
}

function drawSizes(select, sizes, chosen) {
  select.replaceChildren(...sizes.map(({ size, text }) =>
    Object.assign(document.createElement("option"), { value: size, textContent: text })));
  select.value = chosen;
}

