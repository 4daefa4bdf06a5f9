// Draws what Python sends and acknowledges each frame once it is painted. Holds no truth of its own.

const STALE_MS = 5000; // Python beats twice a second while it is alive

function render({ model, el }) {
  const root = node("div", "hms-live", el);
  const release = keepKeys(root);

  const spoken = node("div", "hms-spoken", root);
  spoken.setAttribute("role", "status");
  spoken.setAttribute("aria-live", "polite");
  const panels = {};
  const makers = { head: headPanel, agents: agentsPanel, claims: claimsPanel };
  const order = node("div", "", root);
  const note = node("p", "hms-note hms-dim", root);
  const veil = node("div", "hms-veil", root);
  const veilText = node("p", "", veil);
  veil.hidden = true;

  let heard = new Date();
  const drawn = {};

  const draw = () => {
    const headlines = [];
    const { live, frame } = model.get("beat");
    for (const name of Object.keys(makers)) {
      const text = model.get(name);
      if (!text) continue;
      if (!panels[name]) panels[name] = makers[name](order, model.get("palette"), model);
      if (drawn[name] !== text) {
        drawn[name] = text;
        const part = JSON.parse(text);
        panels[name](part);
        panels[name].headline = part.headline;
        if (name === "head" && panels.agents) panels.agents.paused(part.paused);
        if (name === "agents" && drawn.head) panels.agents.paused(JSON.parse(drawn.head).paused);
      }
      if (panels[name].headline) headlines.push(panels[name].headline);
    }
    if (panels.agents) {
      panels.agents.paint(live);
      panels.agents.answered();
    }
    // The marks are made for paper; on a dark page they need more light.
    const ink = getComputedStyle(root).color.match(/\d+/g) || [0];
    root.dataset.dark = String(Number(ink[0]) > 128);
    put(spoken, headlines.join(". "));
    put(note, model.get("beat").note);
    root.dataset.live = String(live);
    root.dataset.frame = String(frame);
  };

  const onBeat = () => {
    heard = new Date();
    veil.hidden = true;
    draw();
    return {};
  };
  const onSaid = () => panels.agents && panels.agents.answered();

  const watch = setInterval(() => {
    const stale = model.get("beat").live && Date.now() - heard.getTime() > STALE_MS;
    if (stale && veil.hidden) {
      put(veilText, `Stale since ${clock(heard)}: the kernel is busy, restarted or gone`);
      veil.hidden = false;
      if (panels.agents) panels.agents.stand(true);
    }
  }, 1000);

  model.on("change:said", onSaid);
  const stop = acknowledging(model, onBeat);
  return () => {
    clearInterval(watch);
    stop();
    model.off("change:said", onSaid);
    release();
    if (panels.agents) panels.agents.forget();
  };
}

export default { render };
