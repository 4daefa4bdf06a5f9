// One claim's card, and the badges of its verdict and trust. Everything goes through textContent.

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
