// The strip of the last results, the one that is shown, and its download.

function makeLast(model, el, stage, wait) {
  const find = (selector) => el.querySelector(selector), shelf = openShelf();
  let chosen = null, fetching = "";

  async function choose(result) {
    chosen = result;
    find(".save").disabled = !chosen;
    if (chosen) {
      stage.set("result", chosen.png, "image/png");
      stage.view("right", "result");
    }
    fillStrip(find(".strip"), await shelf.all(), chosen?.number, (each) => {
      choose(each);
      model.send({ kind: "again", settings: each.settings });
    });
    find(".last").hidden = !find(".strip").childElementCount;
  }

  // The last result of Python, if this browser does not hold it yet: also one that was finished while no page was open.
  async function take() {
    const { number, settings, size } = model.get("latest");
    if (!number || fetching === number) return;
    fetching = number;
    try {
      const known = (await shelf.all()).find((each) => each.number === number);
      const result = known ?? { number, settings, png: await fetchResult(model, { number, size }, wait) };
      await shelf.put(result);
      for (const old of (await shelf.all()).slice(KEPT)) await shelf.drop(old.number);
      choose(result);
    } catch { /* a newer one is on its way */ }
  }

  find(".save").addEventListener("click", () =>
    download(new Blob([chosen.png], { type: "image/png" }), fileName(chosen.settings)));
  find(".forget").addEventListener("click", async () => {
    await shelf.clear();
    model.send({ kind: "forget" });
    stage.set("result", null);
    stage.view("right", "preview");
    choose(null);
  });

  // idle: nothing is being painted, so the newest result may be shown.
  async function begin(idle) {
    const [newest] = await shelf.all();
    await choose(idle ? newest ?? null : null);
    take();
  }
  return { take, begin };
}

