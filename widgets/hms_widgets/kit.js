// What all pages are made of: nodes, marks of states, tables kept by key, the answer to each frame.
//
// Everything from outside goes through textContent; rows are kept by key, so
// selection and scroll position survive an update.

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

function clock(when) {
  return when.toTimeString().slice(0, 8);
}

/** Lab would take a "b" or "d d" typed in here as a command to the notebook. */
function keepKeys(root) {
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  const keep = (event) => event.stopPropagation();
  root.addEventListener("keydown", keep);
  return () => root.removeEventListener("keydown", keep);
}

/** Acknowledges frames once they are painted; a hidden page paints nothing, and Python slows down. */
function acknowledging(model, answer) {
  const onBeat = () => {
    const { frame, live } = model.get("beat");
    const more = answer();
    if (live) requestAnimationFrame(() => model.send({ ack: frame, ...more }));
  };
  model.on("change:beat", onBeat);
  onBeat();
  return () => model.off("change:beat", onBeat);
}

/** A picture that Python drew and escaped. Parsed as SVG its scripts stay dead; attributes that would run go. */
function drawSvg(target, text) {
  target.replaceChildren();
  if (!text) return null;
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (parsed.nodeName !== "svg") return null;
  const svg = document.importNode(parsed, true);
  for (const each of [svg, ...svg.querySelectorAll("*")]) {
    for (const { name } of [...each.attributes]) {
      if (/^on|href$/i.test(name)) each.removeAttribute(name);
    }
  }
  svg.removeAttribute("width");
  svg.removeAttribute("height");
  target.append(svg);
  return svg;
}

function button(parent, text, onClick, title) {
  const made = node("button", "hms-button", parent);
  made.type = "button";
  made.textContent = text;
  if (title) made.title = title;
  made.addEventListener("click", onClick);
  return made;
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
        row.dataset.id = line.id;
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

function stateCell(cell, marks, line) {
  if (!cell.firstChild) {
    node("span", "hms-glyph", cell).setAttribute("aria-hidden", "true");
    node("span", "", cell);
  }
  mark(cell.children[0], marks(line.state), line.state);
  put(cell.children[1], line.state);
}

/** Numbers by state, in words: the legend of whatever stands above or below. */
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

function panel(parent, title) {
  const section = node("section", "hms-panel", parent);
  section.setAttribute("aria-label", title);
  const top = node("div", "hms-top", section);
  node("h4", "", top).textContent = title;
  return { section, top, counts: node("div", "hms-chips", top) };
}
