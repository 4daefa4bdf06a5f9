// A table of thousands of claims: sorts, filters and scrolls without asking Python.
//
// Only the rows in sight are in the page. Frames bring what has changed since the last one;
// a page that missed one says how far it has come and is told the rest.

const ROW = 28; // pixels; styled in outcomes.css
const SPARE = 8; // rows drawn beyond what is in sight
const COLUMNS = [
  ["state", "verdict"],
  ["label", "claim"],
  ["says", "why"],
  ["trust", "trust"],
  ["agent", "agent"],
  ["attempts", "tries"],
  ["wall_s", "seconds"],
];

/** How two rows compare by a column; what is absent comes last whichever way one sorts. */
function comparing(column, down, rank) {
  const value = (row) => {
    if (column === "state") return rank.state.indexOf(row.state);
    if (column === "trust") return row.trust ? rank.trust.indexOf(row.trust) : null;
    const found = row[column];
    return found === undefined || found === "" ? null : found;
  };
  return (one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return (a === null) - (b === null) || one.place - other.place;
    const order = typeof a === "string" ? a.localeCompare(b, undefined, { numeric: true }) : a - b;
    return (down ? -order : order) || one.place - other.place;
  };
}

function render({ model, el }) {
  const root = node("div", "hms-outcomes", el);
  const release = keepKeys(root);
  const palette = model.get("palette");
  const marks = marker(palette, "claims");
  const trusts = palette.trust || {};
  const rank = { state: Object.keys(palette.claims || {}), trust: Object.keys(trusts) };

  // --- what stands above the table -----------------------------------------
  const section = node("section", "hms-panel", root);
  section.setAttribute("aria-label", "Claims");
  const top = node("div", "hms-top", section);
  node("h4", "", top).textContent = "Claims";
  const chips = node("div", "hms-chips", top);
  chips.setAttribute("role", "group");
  chips.setAttribute("aria-label", "show only these verdicts");
  const trustChips = node("div", "hms-chips", top);
  trustChips.setAttribute("role", "group");
  trustChips.setAttribute("aria-label", "show only this trust");
  const search = node("input", "hms-search", top);
  search.type = "search";
  search.placeholder = "Filter by text";
  search.setAttribute("aria-label", "filter claims by text");
  const spoken = node("div", "hms-spoken", root);
  spoken.setAttribute("role", "status");
  spoken.setAttribute("aria-live", "polite");
  const bar = node("div", "hms-bar", section);
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-label", "claims settled");
  bar.setAttribute("aria-valuemin", "0");
  bar.setAttribute("aria-valuemax", "100");
  const filled = node("div", "", bar);
  const chart = node("div", "hms-chart", section);

  // --- the table -------------------------------------------------------------
  const scroll = node("div", "hms-rows", section);
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", "claims; arrow keys move, Enter opens");
  const table = node("table", "hms-grid", scroll);
  const headRow = node("tr", "", node("thead", "", table));
  const heads = new Map();
  for (const [column, word] of COLUMNS) {
    const head = node("th", `hms-col-${column}`, headRow);
    head.scope = "col";
    const button = node("button", "", head);
    button.type = "button";
    button.textContent = word;
    button.addEventListener("click", () => sortBy(column));
    heads.set(column, head);
  }
  const body = node("tbody", "", table);
  const above = node("tr", "hms-gap", body);
  const below = node("tr", "hms-gap", body);
  for (const gap of [above, below]) node("td", "", gap).colSpan = COLUMNS.length;
  const cardRow = node("tr", "hms-card-row");
  const cardCell = node("td", "", cardRow);
  cardCell.colSpan = COLUMNS.length;
  const cardBox = node("div", "hms-card", cardCell);
  const foot = node("p", "hms-dim", section);

  // --- state of this view ------------------------------------------------------
  const known = new Map(); // id -> row
  let have = 0;
  let applied = "";
  let headline = "";
  let counts = [];
  let more = 0;
  let shown = []; // rows that pass the filters, in order
  let sort = { column: "", down: false };
  const only = { state: new Set(), trust: new Set() };
  let active = ""; // id of the row the keys act on
  let open = model.get("card") ? JSON.parse(model.get("card")).id : ""; // whose card is shown
  const drawn = new Map(); // id -> tr
  const chipOf = new Map();

  const sortBy = (column) => {
    if (sort.column !== column) sort = { column, down: false };
    else if (!sort.down) sort = { column, down: true };
    else sort = { column: "", down: false };
    for (const [name, head] of heads) {
      const way = sort.down ? "descending" : "ascending";
      head.setAttribute("aria-sort", name === sort.column ? way : "none");
    }
    choose();
  };

  const choose = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    shown = [...known.values()].filter((row) => {
      if (only.state.size && !only.state.has(row.state)) return false;
      if (only.trust.size && !only.trust.has(row.trust)) return false;
      const text = `${row.label} ${row.says || ""} ${row.agent || ""}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    if (sort.column) shown.sort(comparing(sort.column, sort.down, rank));
    else shown.sort((one, other) => one.place - other.place);
    paint();
    const hidden = known.size - shown.length;
    const parts = [];
    if (hidden) parts.push(`${shown.length} of ${known.size} shown`);
    if (more) parts.push(`${more} older ones are counted and no longer listed`);
    if (!known.size) parts.push(headline || "No claims yet");
    put(foot, parts.join(" · "));
    foot.hidden = !parts.length;
    scroll.hidden = !known.size;
    table.setAttribute("aria-rowcount", shown.length + 1);
  };

  // --- drawing what is in sight ------------------------------------------------
  const cardHeight = () => (open && cardRow.isConnected ? cardRow.offsetHeight : 0);

  const paint = () => {
    const openAt = open ? shown.findIndex((row) => row.id === open) : -1;
    const extra = openAt < 0 ? 0 : cardHeight();
    const inSight = Math.ceil((scroll.clientHeight || 420) / ROW);
    let from = scroll.scrollTop / ROW;
    if (openAt >= 0 && from > openAt) from = Math.max(openAt, from - extra / ROW);
    const first = Math.max(0, Math.min(Math.floor(from) - SPARE, shown.length - inSight));
    const last = Math.min(shown.length, first + inSight + 2 * SPARE);
    const wanted = shown.slice(first, last);
    const ids = new Set(wanted.map((row) => row.id));
    for (const [id, row] of drawn) {
      if (!ids.has(id)) {
        row.remove();
        drawn.delete(id);
      }
    }
    const showCard = openAt >= first && openAt < last;
    if (!showCard) cardRow.remove();
    let before = above.nextSibling;
    wanted.forEach((line, offset) => {
      let row = drawn.get(line.id);
      if (!row) {
        row = made(line.id);
        drawn.set(line.id, row);
      }
      if (row === before) before = before.nextSibling;
      else body.insertBefore(row, before);
      fill(row, line, first + offset);
      if (line.id === open) {
        if (before !== cardRow) body.insertBefore(cardRow, before);
        else before = before.nextSibling;
        before = cardRow.nextSibling;
      }
    });
    const hiddenCard = openAt >= 0 && !showCard ? extra : 0;
    above.firstChild.style.height = `${first * ROW + (openAt < first ? hiddenCard : 0)}px`;
    below.firstChild.style.height = `${(shown.length - last) * ROW + (openAt >= last ? hiddenCard : 0)}px`;
  };

  const made = (id) => {
    const row = node("tr", "hms-row");
    for (const [column] of COLUMNS) node("td", `hms-col-${column}`, row);
    row.addEventListener("click", () => {
      active = id;
      toggle(id);
      scroll.focus({ preventScroll: true });
    });
    return row;
  };

  const fill = (row, line, at) => {
    row.classList.toggle("hms-active", line.id === active);
    row.setAttribute("aria-expanded", String(line.id === open));
    row.setAttribute("aria-rowindex", at + 2);
    const text = JSON.stringify(line);
    if (row.dataset.drawn === text) return;
    row.dataset.drawn = text;
    row.dataset.state = line.state;
    const [state, label, says, trust, agent, attempts, wall] = row.cells;
    state.replaceChildren();
    badge(state, marks(line.state), line.state);
    put(label, line.label);
    label.title = line.label;
    says.replaceChildren();
    if (line.repairs) {
      const repairs = node("span", "hms-repairs", says);
      repairs.textContent = line.repairs === 1 ? "1 repair" : `${line.repairs} repairs`;
      repairs.title = "proved with one more hypothesis; open the row to see it";
    }
    says.append(line.says || "");
    says.title = line.says || "";
    trust.replaceChildren();
    if (line.trust) trustBadge(trust, trusts, line.trust);
    put(agent, line.agent);
    put(attempts, line.attempts || "");
    put(wall, line.wall_s === undefined ? "" : line.wall_s.toFixed(2));
  };

  // --- filters -------------------------------------------------------------------
  const chip = (group, parent, word, build) => {
    const key = `${group}:${word}`;
    if (chipOf.has(key)) return chipOf.get(key);
    const button = node("button", "hms-chip");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    // In the palette's order, whichever came up first; one that is there never moves.
    const place = rank[group].indexOf(word);
    button.dataset.place = place;
    const later = [...parent.children].find((other) => Number(other.dataset.place) > place);
    parent.insertBefore(button, later || null);
    build(button);
    const number = node("b", "", button);
    button.addEventListener("click", () => {
      const chosen = only[group];
      if (!chosen.delete(word)) chosen.add(word);
      button.setAttribute("aria-pressed", String(chosen.has(word)));
      choose();
    });
    chipOf.set(key, { button, number });
    return chipOf.get(key);
  };

  const summarise = () => {
    for (const [word, number] of counts) {
      put(chip("state", chips, word, (b) => badge(b, marks(word), word)).number, number);
    }
    const present = new Set(counts.map(([word]) => `state:${word}`));
    const trusted = new Map();
    for (const row of known.values()) {
      if (row.trust) trusted.set(row.trust, (trusted.get(row.trust) || 0) + 1);
    }
    for (const word of rank.trust) {
      if (!trusted.has(word)) continue;
      const made = chip("trust", trustChips, word, (b) => trustBadge(b, trusts, word));
      put(made.number, trusted.get(word));
      present.add(`trust:${word}`);
    }
    // One that is pressed stays, so that it can be released again.
    for (const [key, { button }] of chipOf) {
      button.hidden = !present.has(key) && button.getAttribute("aria-pressed") !== "true";
    }
    put(spoken, headline);
  };

  // --- the card ----------------------------------------------------------------------
  const toggle = (id) => {
    open = open === id ? "" : id;
    model.send({ open });
    const line = known.get(open);
    if (line) {
      // What the row knows is there at once; the evidence follows when Python answers.
      const says = line.says || "";
      const card = { kind: "claim", title: line.label, state: line.state, trust: line.trust, says };
      drawCard(cardBox, card, marks, trusts);
    }
    paint();
    onCard();
  };

  const onCard = () => {
    const text = model.get("card");
    if (!text || !open) return;
    const { id, card } = JSON.parse(text);
    if (id !== open) return;
    const unfolded = new Set(
      [...cardBox.querySelectorAll("details[open] > summary")].map((each) => each.textContent),
    );
    drawCard(cardBox, card, marks, trusts);
    for (const summary of cardBox.querySelectorAll("summary")) {
      if (unfolded.has(summary.textContent)) summary.parentElement.open = true;
    }
    paint();
  };

  const move = (to) => {
    if (!shown.length) return;
    const at = Math.max(0, Math.min(to, shown.length - 1));
    active = shown[at].id;
    const openAt = shown.findIndex((row) => row.id === open);
    const y = at * ROW + (openAt >= 0 && openAt < at ? cardHeight() : 0);
    const room = scroll.clientHeight - 2 * ROW;
    if (y < scroll.scrollTop) scroll.scrollTop = y;
    else if (y > scroll.scrollTop + room) scroll.scrollTop = y - room;
    paint();
  };

  const onKey = (event) => {
    if (event.target !== scroll) return;
    const at = shown.findIndex((row) => row.id === active);
    const page = Math.max(1, Math.floor(scroll.clientHeight / ROW) - 2);
    const moves = {
      ArrowDown: at + 1,
      ArrowUp: Math.max(0, at - 1),
      PageDown: at + page,
      PageUp: Math.max(0, at - page),
      Home: 0,
      End: shown.length - 1,
    };
    if (event.key in moves) move(moves[event.key]);
    else if ((event.key === "Enter" || event.key === " ") && known.has(active)) toggle(active);
    else if (event.key === "Escape" && open) toggle(open);
    else return;
    event.preventDefault();
  };
  scroll.addEventListener("keydown", onKey);
  scroll.addEventListener("scroll", paint);
  // How many rows are in sight is known only once the page has laid itself out.
  const sizes = new ResizeObserver(paint);
  sizes.observe(scroll);
  search.addEventListener("input", choose);

  // --- frames --------------------------------------------------------------------------
  const onFrame = () => {
    const text = model.get("frame");
    if (!text || text === applied) return;
    const part = JSON.parse(text);
    if (part.since > have) return; // one before it went missing
    applied = text;
    if (part.since === 0) known.clear();
    for (const id of part.gone) known.delete(id);
    for (const row of part.rows) known.set(row.id, row);
    have = part.since ? Math.max(have, part.upto) : part.upto;
    ({ headline, counts, more } = part);
    const percent = Math.round(part.done * 100);
    filled.style.width = `${percent}%`;
    bar.setAttribute("aria-valuenow", percent);
    bar.hidden = !counts.length;
    summarise();
    choose();
  };
  const onChart = () => {
    drawSvg(chart, model.get("chart"));
    chart.hidden = !chart.firstChild;
  };
  model.on("change:frame", onFrame);
  model.on("change:chart", onChart);
  model.on("change:card", onCard);
  onChart();
  onCard();
  const stop = acknowledging(model, () => {
    onFrame();
    if (have < model.get("beat").upto) model.send({ have }); // a frame went missing
    return { have };
  });
  return () => {
    stop();
    release();
    sizes.disconnect();
    model.off("change:frame", onFrame);
    model.off("change:chart", onChart);
    model.off("change:card", onCard);
  };
}

export default { render };
