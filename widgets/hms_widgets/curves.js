// The curves of a genetic search, with a scrubber through its generations. Python drew the picture;
// moving through it asks nobody.

const SVG = "http://www.w3.org/2000/svg";

function render({ model, el }) {
  const root = node("div", "hms-curves", el);
  const release = keepKeys(root);
  const section = node("section", "hms-panel", root);
  section.setAttribute("aria-label", "Genetic search");
  const top = node("div", "hms-top", section);
  node("h4", "", top).textContent = "Genetic search";
  const headline = node("span", "", top);
  headline.setAttribute("role", "status");
  headline.setAttribute("aria-live", "polite");
  const facts = node("p", "hms-dim", section);
  const chart = node("div", "hms-chart", section);
  const scrub = node("div", "hms-scrub", section);
  const label = node("label", "", scrub);
  label.append("Generation ");
  const at = node("output", "", label);
  const slider = node("input", "", label);
  slider.type = "range";
  slider.min = "0";
  slider.step = "1";
  const latest = node("button", "hms-button", scrub);
  latest.type = "button";
  latest.textContent = "Latest";
  const detail = node("div", "hms-scroll", section);
  const gained = node("p", "", section);
  const winner = node("div", "", section);
  const outcome = node("p", "", section);
  const force = node("div", "", section);
  const hint = node("p", "hms-dim", section);

  let part = null;
  let chosen = null; // a generation somebody went to; null follows the latest
  let cursors = [];

  const lastOf = () => part.first + part.generations.length - 1;

  const place = () => {
    const number = chosen === null ? lastOf() : Math.min(chosen, lastOf());
    slider.max = String(lastOf());
    slider.min = String(part.first);
    slider.value = String(number);
    put(at, number);
    latest.disabled = chosen === null;
    for (const { plot, line } of cursors) {
      const { x0, x1, low, high, top: y1, bottom: y2 } = plot.dataset;
      const share = (number - low) / (high - low || 1);
      const x = Number(x0) + share * (x1 - x0);
      for (const [name, value] of Object.entries({ x1: x, x2: x, y1, y2 })) {
        line.setAttribute(name, value);
      }
    }
    table(part.generations[number - part.first] || []);
  };

  const table = (islands) => {
    detail.replaceChildren();
    const heads = ["island", "solved", "stages tried", "best fitness", "median ± spread", "PAR-2", "cost", "fittest stage"];
    const made = node("table", "hms-table", detail);
    const headRow = node("tr", "", node("thead", "", made));
    for (const word of heads) {
      const head = node("th", "", headRow);
      head.scope = "col";
      head.textContent = word;
    }
    const body = node("tbody", "", made);
    const won = [];
    for (const each of islands) {
      const row = node("tr", "", body);
      const solved = `${each.solved} of ${part.goals}`;
      const cells = [each.island, solved, each.evaluated, each.best_fitness, each.median, each.par2, each.cost];
      for (const cell of cells) node("td", "", row).textContent = cell;
      node("code", "", node("td", "hms-words", row)).textContent = each.best || "";
      if ((each.gained || []).length) won.push(`island ${each.island}: ${each.gained.join(", ")}`);
      for (const [name, share] of each.credit || []) won.push(`${name} ${share}`);
    }
    put(gained, won.length ? `Gained in this generation: ${won.join("; ")}` : "Gained in this generation: no further goal");
    winner.replaceChildren();
    node("h5", "", winner).textContent = chosen === null ? `Winner, from ${part.source}` : "Winners so far, by island";
    const told = chosen === null ? [part.winner] : islands.map((each) => each.winner || "");
    for (const text of told) strategy(text);
  };

  /** A schedule, a stage to a line. */
  const strategy = (text) => {
    const list = node("ol", "hms-stages", winner);
    for (const stage of text.split(" ; ").filter(Boolean)) {
      const [share, ...rest] = stage.split("×");
      const line = node("li", "", list);
      const percent = Number(share) * 100;
      const bar = node("span", "hms-share", line);
      bar.style.setProperty("--hms-share", `${Math.min(100, percent) || 0}%`);
      node("span", "hms-share-number", line).textContent = Number.isFinite(percent) ? `${percent.toFixed(1)} %` : "";
      node("code", "", line).textContent = rest.length ? rest.join("×") : stage;
    }
  };

  const draw = () => {
    const text = model.get("frame");
    if (!text) return;
    part = JSON.parse(text);
    put(headline, part.headline);
    const any = part.generations.length > 0;
    for (const each of [chart, scrub, detail, gained, winner, hint]) each.hidden = !any;
    put(facts, part.facts.filter(([, value]) => value).map(([name, value]) => `${name} ${value}`).join(" · "));
    facts.hidden = !facts.textContent;
    put(outcome, part.outcome);
    outcome.hidden = !part.outcome;
    put(hint, part.hint);
    force.replaceChildren();
    for (const [family, words] of part.force) {
      const line = node("p", "", force);
      line.append(`In force for ${family}: `);
      node("code", "", line).textContent = words;
    }
    if (!any) return;
    const svg = drawSvg(chart, part.picture);
    cursors = [...(svg ? svg.querySelectorAll(".hms-plot") : [])].map((plot) => {
      const line = document.createElementNS(SVG, "line");
      line.setAttribute("class", "hms-cursor");
      plot.append(line);
      return { plot, line };
    });
    place();
  };

  slider.addEventListener("input", () => {
    chosen = Number(slider.value) === lastOf() ? null : Number(slider.value);
    place();
  });
  latest.addEventListener("click", () => {
    chosen = null;
    place();
  });
  let drawn = null;
  const stop = acknowledging(model, () => {
    if (model.get("frame") !== drawn) {
      drawn = model.get("frame");
      draw();
    }
    return {};
  });
  return () => {
    stop();
    release();
  };
}

export default { render };
