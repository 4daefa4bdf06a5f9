// The agents as a grid on one canvas, painted ten times a second at most. Asks nobody anything.
//
// The bytes are those of `grid.py`: planes of state, flags, age and restarts. Between
// two messages the heartbeats age here.

const PAINT_MS = 100;
const PAUSED = 1;
const NO_AGE = 255;
const LOUD = new Set(["hung", "dead", "quarantined"]); // somebody should look at these
const GAP = 3; // pixels
const NAMED = 56; // pixels of a cell that has room for a name

/** Each state has a shape of its own: colour is never the only sign. */
function paintShape(ctx, state, x, y, r) {
  const line = Math.max(1.2, r * 0.32);
  ctx.lineWidth = line;
  ctx.lineCap = "round";
  ctx.beginPath();
  switch (state) {
    case "working": // a triangle that points ahead
      ctx.moveTo(x - r * 0.72, y - r);
      ctx.lineTo(x + r, y);
      ctx.lineTo(x - r * 0.72, y + r);
      ctx.closePath();
      return ctx.fill();
    case "idle":
      ctx.arc(x, y, r * 0.78, 0, 7);
      return ctx.fill();
    case "paused": // two bars
      ctx.rect(x - r * 0.7, y - r * 0.8, r * 0.46, r * 1.6);
      ctx.rect(x + r * 0.24, y - r * 0.8, r * 0.46, r * 1.6);
      return ctx.fill();
    case "starting": // a dotted ring
      ctx.setLineDash([line * 0.6, line * 1.5]);
      ctx.arc(x, y, r * 0.8, 0, 7);
      ctx.stroke();
      return ctx.setLineDash([]);
    case "restarting": // a ring with an arrow
      ctx.arc(x, y, r * 0.72, -0.9, 4.2);
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(x + r * 0.02, y - r * 0.95);
      ctx.lineTo(x + r * 0.86, y - r * 0.95);
      ctx.lineTo(x + r * 0.62, y - r * 0.08);
      ctx.closePath();
      return ctx.fill();
    case "hung": // a diamond
      ctx.moveTo(x, y - r);
      ctx.lineTo(x + r, y);
      ctx.lineTo(x, y + r);
      ctx.lineTo(x - r, y);
      ctx.closePath();
      return ctx.fill();
    case "dead": // a cross
      ctx.moveTo(x - r * 0.72, y - r * 0.72);
      ctx.lineTo(x + r * 0.72, y + r * 0.72);
      ctx.moveTo(x + r * 0.72, y - r * 0.72);
      ctx.lineTo(x - r * 0.72, y + r * 0.72);
      return ctx.stroke();
    case "quarantined": // a ring, crossed out
      ctx.arc(x, y, r * 0.78, 0, 7);
      ctx.moveTo(x - r * 0.52, y + r * 0.52);
      ctx.lineTo(x + r * 0.52, y - r * 0.52);
      return ctx.stroke();
    case "draining": // an empty triangle that points down
      ctx.moveTo(x - r * 0.85, y - r * 0.6);
      ctx.lineTo(x + r * 0.85, y - r * 0.6);
      ctx.lineTo(x, y + r * 0.8);
      ctx.closePath();
      return ctx.stroke();
    case "stopping": // a half moon
      ctx.arc(x, y, r * 0.8, 0, Math.PI);
      ctx.closePath();
      return ctx.fill();
    default: // stopped
      ctx.rect(x - r * 0.62, y - r * 0.62, r * 1.24, r * 1.24);
      return ctx.fill();
  }
}

/** How large the cells are: large with a name for a few, in one row if it can be; small for a thousand. */
function cellSize(count, width) {
  if (count <= 16) {
    const fitting = Math.floor((width + GAP) / Math.max(1, count)) - GAP;
    return fitting >= NAMED ? Math.min(68, fitting) : 68;
  }
  if (count <= 64) return 44;
  if (count <= 250) return 28;
  return 20;
}

function shortName(id) {
  const number = /(\d+)$/.exec(id);
  return id.length <= 9 ? id : number ? `…${number[1]}` : `${id.slice(0, 8)}…`;
}

/** Calls back with the agent that was chosen, and with whatever the pointer or the cursor is on. */
function agentsGrid(parent, palette, { onChoose, describe }) {
  const states = Object.keys(palette.agents);
  const colours = states.map((state) => palette.agents[state][1]);
  const box = node("div", "hms-grid", parent);
  box.tabIndex = 0;
  box.setAttribute("role", "application");
  box.setAttribute("aria-roledescription", "grid of agents");
  box.setAttribute("aria-label", "Agents: arrow keys move, Enter shows one, Escape lets go");
  const canvas = node("canvas", "", box);
  const tip = node("div", "hms-tip", box);
  tip.hidden = true;
  const spoken = node("div", "hms-spoken", box);
  spoken.setAttribute("aria-live", "polite");
  const ctx = canvas.getContext("2d");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

  let roster = [];
  let cells = new DataView(new ArrayBuffer(0));
  let heard = 0;
  let live = false;
  let chosen = "";
  let cursor = -1;
  let hover = -1;
  let dirty = true;
  let columns = 1;
  let size = 20;
  let sized = "";
  let painted = 0;

  const at = (plane, index) => cells.getUint8(plane * roster.length + index);
  const state = (index) => states[at(0, index)];
  const age = (index) => {
    const tenths = at(2, index);
    return tenths === NO_AGE ? null : tenths / 10 + (live ? (performance.now() - heard) / 1000 : 0);
  };

  /** Fit the canvas to its box; true when there is room at all. */
  const fit = () => {
    const width = box.clientWidth;
    if (!width) return false;
    const count = roster.length;
    size = cellSize(count, width);
    columns = Math.max(1, Math.floor((width + GAP) / (size + GAP)));
    const rows = Math.max(1, Math.ceil(count / columns));
    const height = rows * (size + GAP) - GAP;
    const ratio = window.devicePixelRatio || 1;
    const wanted = `${width} ${height} ${ratio}`;
    if (sized !== wanted) {
      sized = wanted;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    return true;
  };

  const paint = () => {
    if (!fit()) return;
    const style = getComputedStyle(box);
    const ink = style.color;
    ctx.clearRect(0, 0, canvas.width, canvas.height);
    const named = size >= NAMED;
    const font = `11px ${style.fontFamily}`;
    for (let index = 0; index < roster.length; index++) {
      const x = (index % columns) * (size + GAP);
      const y = Math.floor(index / columns) * (size + GAP);
      const word = state(index);
      const colour = colours[at(0, index)];
      const seconds = age(index);
      const beat = calm || seconds === null ? 0 : Math.exp(-seconds / 0.45);
      // The tile lights up with each heartbeat and fades until the next.
      ctx.fillStyle = colour;
      ctx.globalAlpha = LOUD.has(word) ? 0.3 : 0.1 + 0.28 * beat;
      ctx.beginPath();
      ctx.roundRect(x, y, size, size, size * 0.18);
      ctx.fill();
      ctx.globalAlpha = 1;
      if (LOUD.has(word) && size >= 28) {
        ctx.strokeStyle = colour;
        ctx.lineWidth = 1.5;
        ctx.stroke();
      }
      ctx.strokeStyle = colour;
      const r = named ? size * 0.2 : size * 0.3;
      paintShape(ctx, word, x + size / 2, y + (named ? size * 0.4 : size / 2), r);
      if (at(1, index) & PAUSED && word !== "paused" && size >= 28) {
        ctx.fillStyle = ink;
        ctx.fillRect(x + size - 10, y + 4, 2, 7);
        ctx.fillRect(x + size - 6, y + 4, 2, 7);
      }
      if (named) {
        ctx.fillStyle = ink;
        ctx.font = font;
        ctx.textAlign = "center";
        ctx.fillText(shortName(roster[index]), x + size / 2, y + size - 9);
      }
      if (roster[index] === chosen || (index === cursor && document.activeElement === box)) {
        ctx.strokeStyle = ink;
        ctx.lineWidth = 2;
        ctx.setLineDash(roster[index] === chosen ? [] : [3, 2]);
        ctx.beginPath();
        ctx.roundRect(x + 1, y + 1, size - 2, size - 2, size * 0.16);
        ctx.stroke();
        ctx.setLineDash([]);
      }
    }
    painted += 1;
    box.dataset.painted = painted;
  };

  const words = (index) => {
    const seconds = age(index);
    const restarts = at(3, index);
    const parts = [roster[index], state(index)];
    if (seconds !== null) parts.push(`heartbeat ${seconds.toFixed(1)} s ago`);
    if (restarts) parts.push(`restarted ${restarts === 255 ? "255 times or more" : restarts + "×"}`);
    return [...parts, ...describe(roster[index])].join(" · ");
  };

  const showTip = () => {
    tip.hidden = hover < 0 || hover >= roster.length;
    if (tip.hidden) return;
    put(tip, words(hover));
    const x = (hover % columns) * (size + GAP);
    tip.style.top = `${(Math.floor(hover / columns) + 1) * (size + GAP) + 2}px`;
    tip.style.left = `${Math.max(0, Math.min(x, box.clientWidth - tip.offsetWidth))}px`;
  };

  const hit = (event) => {
    const area = canvas.getBoundingClientRect();
    const column = Math.floor((event.clientX - area.left) / (size + GAP));
    const row = Math.floor((event.clientY - area.top) / (size + GAP));
    const index = row * columns + column;
    return column >= 0 && column < columns && index >= 0 && index < roster.length ? index : -1;
  };

  const move = (index) => {
    cursor = Math.max(0, Math.min(roster.length - 1, index));
    hover = cursor;
    put(spoken, words(cursor));
    dirty = true;
    showTip();
  };

  canvas.addEventListener("mousemove", (event) => {
    hover = hit(event);
    showTip();
  });
  canvas.addEventListener("mouseleave", () => {
    hover = -1;
    showTip();
  });
  canvas.addEventListener("click", (event) => {
    const index = hit(event);
    if (index >= 0) cursor = index;
    onChoose(index < 0 || roster[index] === chosen ? "" : roster[index]);
  });
  box.addEventListener("blur", () => {
    hover = -1;
    dirty = true;
    showTip();
  });
  box.addEventListener("keydown", (event) => {
    const from = Math.max(0, cursor);
    const steps = {
      ArrowRight: from + (cursor < 0 ? 0 : 1),
      ArrowLeft: from - 1,
      ArrowDown: from + columns < roster.length ? from + columns : from,
      ArrowUp: from - columns >= 0 ? from - columns : from,
      Home: 0,
      End: roster.length - 1,
    };
    if (event.key in steps && roster.length) move(steps[event.key]);
    else if ((event.key === "Enter" || event.key === " ") && cursor >= 0) onChoose(roster[cursor]);
    else if (event.key === "Escape") onChoose("");
    else return;
    event.preventDefault();
  });

  let seen = true;
  const sight = new IntersectionObserver((entries) => {
    seen = entries.some((entry) => entry.isIntersecting);
  });
  sight.observe(box);
  const resized = new ResizeObserver(() => {
    dirty = true;
  });
  resized.observe(box);
  const timer = setInterval(() => {
    if (!seen || document.hidden || !(dirty || live)) return;
    dirty = false;
    paint();
    if (!tip.hidden) showTip();
  }, PAINT_MS);

  return {
    /** New bytes; ages are those of now. */
    show(bytes, names, isLive) {
      cells = bytes;
      roster = names;
      live = isLive && names.length > 0;
      heard = performance.now();
      hover = hover < names.length ? hover : -1;
      cursor = cursor < names.length ? cursor : -1;
      box.hidden = names.length === 0;
      dirty = true;
    },
    choose(id) {
      chosen = id;
      dirty = true;
    },
    stand(still) {
      live = live && !still;
    },
    age(id) {
      const index = roster.indexOf(id);
      return index < 0 ? null : age(index);
    },
    forget() {
      clearInterval(timer);
      sight.disconnect();
      resized.disconnect();
    },
  };
}
