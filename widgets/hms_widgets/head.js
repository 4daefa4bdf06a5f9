// The header: which session, whether it is live, and how it stands in large numbers and in words.

function headPanel(parent, palette) {
  const head = node("header", "hms-head", parent);
  const title = node("div", "hms-title", head);
  node("h3", "", title).textContent = "HMS Workbench";
  const session = node("code", "", title);
  const pill = node("span", "hms-pill", title);
  const tiles = node("div", "hms-tiles", head);
  const words = node("p", "hms-total", head);
  const made = new Map();
  return (part) => {
    put(session, part.session);
    const state = part.closed ? "ended" : part.paused ? "paused" : "live";
    const glyph = { ended: "■", paused: "‖", live: "●" }[state];
    put(pill, `${glyph} ${state === "paused" ? "paused: no new tasks are given out" : state}`);
    pill.dataset.state = state;
    for (const [word, number, mood] of part.tiles) {
      if (!made.has(word)) {
        const tile = node("div", "hms-tile", tiles);
        node("b", "", tile);
        node("span", "", tile).textContent = word;
        made.set(word, tile);
      }
      const tile = made.get(word);
      put(tile.children[0], number);
      const [, colour] = (palette.claims[mood] || palette.agents[mood] || ["", ""]);
      tile.style.setProperty("--mark", number && colour ? colour : "transparent");
    }
    put(words, part.words);
  };
}
