// The agents: the grid, numbers by state, who has something wrong, and all there is about the chosen one.

function agentsPanel(parent, palette, model) {
  const marks = marker(palette, "agents");
  const { section, counts } = panel(parent, "Agents");
  const steered = model.get("steered");
  const answers = node("div", "hms-said");
  const asks = steered ? asker(model, answers) : null;
  const ask = asks ? asks.ask : () => {};
  const bar = steered ? sessionControls(node("div", "hms-controls", section), ask) : () => {};
  if (steered) section.append(answers);
  const empty = node("p", "hms-dim", section);
  const body = node("div", "hms-split", section);
  const left = node("div", "hms-main", body);

  let lines = new Map();
  const choose = (id) => model.send({ choose: id });
  const grid = agentsGrid(left, palette, {
    onChoose: choose,
    describe: (id) => {
      const line = lines.get(id) || {};
      return [line.doing, line.cause && `ended last: ${line.cause}`].filter(Boolean);
    },
  });
  const heads = ["state", "agent", "pid", "doing", "heartbeat", "done", "restarts", "ended last by"];
  const words = ["doing", "ended last by"];
  const rows = new Map();
  const table = keyedTable(left, heads, words, (cells, line) => {
    stateCell(cells[0], marks, line);
    put(cells[1], line.id);
    put(cells[2], line.pid);
    const attempt = line.attempt > 1 ? ` (attempt ${line.attempt})` : "";
    const note = line.note ? ` · ${line.note}` : "";
    put(cells[3], line.doing ? line.doing + attempt + note : "");
    put(cells[5], line.done || 0);
    put(cells[6], line.restarts || 0);
    put(cells[7], line.cause);
    rows.set(line.id, cells[4]);
  });
  const more = node("p", "hms-dim", left);
  const draw = chips(counts, marks);
  const about = detailPane(body, marks, steered ? ask : null, () => choose(""));

  const ages = () => {
    for (const [id, cell] of rows) {
      if (!cell.isConnected) rows.delete(id);
      const seconds = grid.age(id);
      put(cell, seconds === null ? "" : `${seconds.toFixed(1)} s`);
    }
    about.beat(grid);
  };
  const timer = setInterval(ages, 500);

  const update = (part) => {
    empty.hidden = part.counts.length > 0;
    put(empty, steered && !part.counts.length ? "No agents yet: spawn some." : part.headline);
    draw(part.counts);
    lines = new Map(part.lines.map((line) => [line.id, line]));
    table(part.lines);
    more.hidden = !part.more;
    put(more, `… and ${part.more} more with which nothing is wrong`);
    grid.choose(part.chosen ? part.chosen.line.id : "");
    about.show(part.chosen);
  };
  update.paint = (live) => {
    const bytes = model.get("grid");
    grid.show(bytes, JSON.parse(model.get("roster") || "[]"), live);
    ages();
  };
  update.stand = grid.stand;
  update.paused = bar;
  update.answered = () => asks && asks.answered();
  update.forget = () => {
    clearInterval(timer);
    grid.forget();
    if (asks) asks.forget();
  };
  return update;
}

/** Everything about one agent, and what can be asked of it. */
function detailPane(parent, marks, ask, onClose) {
  const pane = node("aside", "hms-detail", parent);
  pane.setAttribute("aria-label", "Chosen agent");
  pane.hidden = true;
  const top = node("div", "hms-top", pane);
  const name = node("h4", "", top);
  const stateWord = node("span", "hms-chip", top);
  const close = button(top, "×", onClose, "Let go of this agent");
  close.setAttribute("aria-label", "Let go of this agent");
  close.classList.add("hms-close");
  const verbs = ask ? agentButtons(pane, ask) : () => {};
  const list = node("dl", "", pane);
  const entry = (word) => {
    const head = node("dt", "", list);
    head.textContent = word;
    const value = node("dd", "", list);
    return (text) => {
      put(value, text);
      head.hidden = value.hidden = text === "" || text === undefined || text === null;
    };
  };
  const doing = entry("doing");
  const process = entry("process");
  const heartbeat = entry("heartbeat");
  const done = entry("tasks done");
  const restarts = entry("restarts");
  const cause = entry("ended last by");
  const outputHead = node("div", "hms-dim", pane);
  outputHead.textContent = "what it printed last";
  const output = node("pre", "", pane);
  const lifeHead = node("div", "hms-dim", pane);
  lifeHead.textContent = "its life";
  const life = node("ol", "hms-life", pane);
  let shown = "";
  let told = "";
  return {
    show(detail) {
      pane.hidden = !detail;
      shown = detail ? detail.line.id : "";
      if (!detail) {
        told = "";
        return;
      }
      const { line } = detail;
      put(name, line.id);
      stateCell(stateWord, marks, line);
      verbs(detail);
      const attempt = line.attempt > 1 ? ` (attempt ${line.attempt})` : "";
      doing(line.doing ? `${line.doing}${attempt}${line.note ? ` · ${line.note}` : ""}` : "nothing");
      process(line.pid);
      done(line.done || 0);
      restarts(line.restarts || 0);
      cause(line.cause);
      outputHead.hidden = output.hidden = !detail.output;
      put(output, detail.output);
      const events = detail.events || [];
      const text = JSON.stringify([line.id, events]);
      if (text !== told) {
        told = text;
        life.replaceChildren();
        for (const [seconds, words] of [...events].reverse()) {
          const item = node("li", "", life);
          node("time", "", item).textContent = clock(new Date(seconds * 1000));
          node("span", "", item).textContent = ` ${words}`;
        }
      }
      lifeHead.hidden = !events.length;
    },
    beat(grid) {
      const seconds = shown ? grid.age(shown) : null;
      heartbeat(seconds === null ? "" : `${seconds.toFixed(1)} s ago`);
    },
  };
}
