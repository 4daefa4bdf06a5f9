// What the pages of all panels share. Everything from outside goes through textContent.

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

/** A picture that Python drew and escaped, parsed as SVG: it cannot bring a script to life. */
function drawSvg(target, text) {
  target.replaceChildren();
  if (!text) return null;
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (parsed.nodeName !== "svg") return null;
  const svg = document.importNode(parsed, true);
  svg.removeAttribute("width");
  svg.removeAttribute("height");
  target.append(svg);
  return svg;
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

/** A card of `hms_kernel.cards`, drawn. */
function drawCard(target, card, marks, trusts) {
  target.replaceChildren();
  const head = node("div", "hms-card-head", target);
  node("span", "hms-dim", head).textContent = `${card.kind} `;
  node("code", "hms-card-title", head).textContent = card.title;
  if (card.state) badge(head, marks(card.state), card.state);
  if (card.trust) trustBadge(head, trusts, card.trust);
  if (card.says) node("p", "hms-card-says", target).textContent = card.says;
  const facts = [...(card.facts || []), ...(card.clocks || [])];
  if (facts.length) {
    const line = node("p", "hms-card-facts hms-dim", target);
    facts.forEach(([name, value], index) => {
      line.append(`${index ? " · " : ""}${name} `);
      node("b", "", line).textContent = value;
    });
  }
  for (const section of card.sections || []) {
    let body = target;
    if (section.folded) {
      body = node("details", "", target);
      node("summary", "", body).textContent = section.title;
    } else {
      node("h5", "", target).textContent = section.title;
    }
    const lines = section.lines || [];
    if (lines.length && section.code) node("pre", "", body).textContent = lines.join("\n");
    else if (lines.length) {
      const list = node("ul", "", body);
      for (const line of lines) node("li", "", list).textContent = line;
    }
    if ((section.rows || []).length) {
      const table = node("table", "hms-card-table", body);
      const top = node("tr", "", node("thead", "", table));
      for (const word of section.heads || []) {
        const head = node("th", "", top);
        head.scope = "col";
        head.textContent = word;
      }
      const rows = node("tbody", "", table);
      for (const cells of section.rows) {
        const row = node("tr", "", rows);
        for (const cell of cells) node("td", "", row).textContent = cell;
      }
    }
  }
}

function badge(parent, [glyph, colour], word) {
  const made = node("span", "hms-badge", parent);
  made.style.setProperty("--hms-mark", colour);
  const shape = node("span", "hms-glyph", made);
  shape.setAttribute("aria-hidden", "true");
  shape.textContent = glyph;
  node("span", "", made).textContent = word;
  return made;
}

function trustBadge(parent, trusts, word) {
  const [shape, meaning] = trusts[word] || ["", ""];
  const made = node("span", "hms-trust", parent);
  const dots = node("span", "hms-trust-shape", made);
  dots.setAttribute("aria-hidden", "true");
  dots.textContent = shape;
  node("span", "", made).textContent = word;
  made.title = meaning;
  return made;
}

function marker(palette) {
  const marks = (palette && palette.claims) || {};
  return (state) => marks[state] || ["·", "#7f7f7f"];
}
