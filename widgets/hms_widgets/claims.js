// The claims as a list with a bar of how many are settled.

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
    stateCell(cells[0], marks, line);
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
