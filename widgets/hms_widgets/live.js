// Draws what Python sends and acknowledges each frame once it is painted. Holds no truth of its own.
//
// Everything from outside goes through textContent; rows are kept by key, so
// selection and scroll position survive an update.

const STALE_MS = 5000; // Python beats at least every two seconds while it is alive

function node(tag, className, parent) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (parent) parent.append(made);
  return made;
}

function put(target, text) {
  const word = text === undefined || text === null ? "" : String(text);
  if (target.textContent !== word) target.textContent = word;
}

function seconds(when) {
  return when.toTimeString().slice(0, 8);
}

/** Marks: state -> [glyph, colour]; unknown words get a grey dot. */
function marker(palette, part) {
  const marks = (palette && palette[part]) || {};
  return (state) => marks[state] || ["·", "#7f7f7f"];
}

function mark(target, [glyph, colour], state) {
  put(target, glyph);
  target.style.color = colour;
  target.title = state;
}

/**
 * A table whose rows are reused by key. `fill(cells, line)` writes one row; only the
 * columns in `words` may wrap.
 */
function keyedTable(parent, heads, words, fill) {
  const wrap = node("div", "hms-scroll", parent);
  const table = node("table", "hms-table", wrap);
  const headRow = node("tr", "", node("thead", "", table));
  for (const word of heads) {
    const head = node("th", "", headRow);
    head.scope = "col";
    head.textContent = word;
  }
  const body = node("tbody", "", table);
  const rows = new Map();
  return (lines) => {
    wrap.hidden = lines.length === 0;
    const present = new Set(lines.map((line) => line.id));
    for (const [id, row] of rows) {
      if (!present.has(id)) {
        row.remove();
        rows.delete(id);
      }
    }
    let before = body.firstChild;
    for (const line of lines) {
      let row = rows.get(line.id);
      if (!row) {
        row = node("tr");
        for (const head of heads) node("td", words.includes(head) ? "hms-words" : "", row);
        rows.set(line.id, row);
      }
      if (row === before) before = before.nextSibling;
      else body.insertBefore(row, before);
      const text = JSON.stringify(line);
      if (row.dataset.drawn !== text) {
        row.dataset.drawn = text;
        row.dataset.state = line.state;
        fill(row.cells, line);
      }
    }
  };
}

function state(cell, marks, line) {
  if (!cell.firstChild) {
    node("span", "hms-glyph", cell).setAttribute("aria-hidden", "true");
    node("span", "", cell);
  }
  mark(cell.children[0], marks(line.state), line.state);
  put(cell.children[1], line.state);
}

function chips(parent, marks) {
  const made = new Map();
  return (counts) => {
    const present = new Set(counts.map(([word]) => word));
    for (const [word, chip] of made) chip.hidden = !present.has(word);
    for (const [word, number] of counts) {
      let chip = made.get(word);
      if (!chip) {
        chip = node("span", "hms-chip", parent);
        const glyph = node("span", "hms-glyph", chip);
        glyph.setAttribute("aria-hidden", "true");
        mark(glyph, marks(word), word);
        node("b", "", chip);
        node("span", "", chip).textContent = ` ${word}`;
        made.set(word, chip);
      }
      put(chip.children[1], number);
      parent.append(chip);
    }
  };
}

/** Many agents: one small glyph each, touched only where the state has changed. */
function swarm(parent, marks) {
  const field = node("div", "hms-swarm", parent);
  return (states) => {
    field.hidden = states.length === 0;
    while (field.childElementCount > states.length) field.lastChild.remove();
    states.forEach((word, index) => {
      const dot = field.children[index] || node("span", "", field);
      if (dot.title !== word) mark(dot, marks(word), word);
    });
  };
}

function panel(parent, title) {
  const section = node("section", "hms-panel", parent);
  section.setAttribute("aria-label", title);
  const top = node("div", "hms-top", section);
  node("h4", "", top).textContent = title;
  return { section, counts: node("div", "hms-chips", top) };
}

function agentsPanel(parent, palette) {
  const marks = marker(palette, "agents");
  const { section, counts } = panel(parent, "Agents");
  const empty = node("p", "hms-dim", section);
  const heads = ["state", "agent", "pid", "doing", "heartbeat", "done", "restarts", "ended last by"];
  const words = ["doing", "ended last by"];
  const table = keyedTable(section, heads, words, (cells, line) => {
    state(cells[0], marks, line);
    put(cells[1], line.id);
    put(cells[2], line.pid);
    const attempt = line.attempt > 1 ? ` (attempt ${line.attempt})` : "";
    const note = line.note ? ` · ${line.note}` : "";
    put(cells[3], line.doing ? line.doing + attempt + note : "");
    put(cells[4], line.beat);
    put(cells[5], line.done || 0);
    put(cells[6], line.restarts || 0);
    put(cells[7], line.cause);
  });
  const field = swarm(section, marks);
  const draw = chips(counts, marks);
  return (part) => {
    empty.hidden = part.counts.length > 0;
    put(empty, part.headline);
    draw(part.counts);
    table(part.lines);
    field(part.swarm);
  };
}

function claimsPanel(parent, palette) {
  const marks = marker(palette, "claims");
  const { section, counts } = panel(parent, "Claims");
  const bar = node("div", "hms-bar", section);
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-label", "claims settled");
  bar.setAttribute("aria-valuemin", "0");
  bar.setAttribute("aria-valuemax", "100");
  const filled = node("div", "", bar);
  const empty = node("p", "hms-dim", section);
  const heads = ["verdict", "claim", "why", "trust", "agent", "time"];
  const table = keyedTable(section, heads, ["why"], (cells, line) => {
    state(cells[0], marks, line);
    put(cells[1], line.label);
    put(cells[2], line.says);
    put(cells[3], line.trust);
    put(cells[4], line.agent + (line.attempts > 1 ? ` (attempt ${line.attempts})` : ""));
    put(cells[5], line.wall);
  });
  const more = node("p", "hms-dim", section);
  const draw = chips(counts, marks);
  return (part) => {
    empty.hidden = part.counts.length > 0;
    put(empty, part.headline);
    draw(part.counts);
    const percent = Math.round(part.done * 100);
    filled.style.width = `${percent}%`;
    bar.hidden = part.counts.length === 0;
    bar.setAttribute("aria-valuenow", percent);
    table(part.lines.map((line) => ({ agent: "", ...line })));
    more.hidden = part.more === 0;
    put(more, `… and ${part.more} more`);
  };
}

function render({ model, el }) {
  const root = node("div", "hms-live", el);
  // Lab would take a "b" or "d d" typed in here as a command to the notebook.
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  const keep = (event) => event.stopPropagation();
  root.addEventListener("keydown", keep);

  const spoken = node("div", "hms-spoken", root);
  spoken.setAttribute("role", "status");
  spoken.setAttribute("aria-live", "polite");
  const panels = {};
  const makers = { agents: agentsPanel, claims: claimsPanel };
  const order = node("div", "", root);
  const note = node("p", "hms-note hms-dim", root);
  const veil = node("div", "hms-veil", root);
  const veilText = node("p", "", veil);
  veil.hidden = true;

  let heard = new Date();
  const drawn = {};

  const draw = () => {
    const headlines = [];
    for (const name of ["agents", "claims"]) {
      const text = model.get(name);
      if (!text) continue;
      if (!panels[name]) panels[name] = makers[name](order, model.get("palette"));
      if (drawn[name] !== text) {
        drawn[name] = text;
        const part = JSON.parse(text);
        panels[name](part);
        panels[name].headline = part.headline;
      }
      headlines.push(panels[name].headline);
    }
    put(spoken, headlines.join(". "));
    put(note, model.get("beat").note);
    root.dataset.live = String(model.get("beat").live);
  };

  const onBeat = () => {
    heard = new Date();
    veil.hidden = true;
    draw();
    const { frame, live } = model.get("beat");
    // A hidden page paints nothing and so acknowledges nothing: Python slows down.
    if (live) requestAnimationFrame(() => model.send({ ack: frame }));
  };

  const watch = setInterval(() => {
    const stale = model.get("beat").live && Date.now() - heard.getTime() > STALE_MS;
    if (stale && veil.hidden) {
      put(veilText, `Stale since ${seconds(heard)}: the kernel is busy, restarted or gone`);
      veil.hidden = false;
    }
  }, 1000);

  model.on("change:beat", onBeat);
  onBeat();
  return () => {
    clearInterval(watch);
    model.off("change:beat", onBeat);
    root.removeEventListener("keydown", keep);
  };
}

export default { render };
