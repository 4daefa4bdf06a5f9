// The controls: every click is confirmed where it would hurt, asked once, and answered in place.

const SLOW_MS = 1500; // without an answer for so long, a cell keeps the kernel busy

const VERBS = {
  pause: { label: "Pause", asking: "pause", title: "Give it nothing new; what it runs goes on" },
  resume: { label: "Resume", asking: "resume", title: "Give it tasks again" },
  cancel: { label: "Cancel its task", asking: "cancel what it runs", sure: "Cancel what {} runs?" },
  drain: {
    label: "Drain",
    asking: "drain",
    title: "Let it finish what it runs; then it ends",
    sure: "Let {} finish what it runs, and then end for good?",
  },
  restart: { label: "Restart", asking: "restart", title: "Give it a new process" },
  quarantine: {
    label: "Quarantine",
    asking: "quarantine",
    title: "Put it aside until it is released",
    sure: "Put {} aside until somebody releases it?",
  },
  release: { label: "Release", asking: "release", title: "Bring it back, on probation" },
  freeze: {
    label: "Freeze",
    asking: "freeze",
    title: "SIGSTOP: it stays, and does nothing",
    sure: "Freeze {} with SIGSTOP, to see it found out and replaced?",
  },
  kill: {
    label: "Kill −9",
    asking: "kill",
    title: "SIGKILL: it is gone at once",
    sure: "Kill {} with SIGKILL, to see it come back?",
  },
};

/** Asks Python, and shows what was asked until there is an answer. */
function asker(model, parent) {
  const list = node("ol", "hms-answers", parent);
  list.setAttribute("role", "log");
  list.setAttribute("aria-label", "Answers");
  const waiting = new Map();
  const lines = new Map();
  let count = 0;
  const mine = Math.random().toString(36).slice(2, 8);

  const line = (n) => {
    if (!lines.has(n)) {
      const made = node("li");
      node("span", "hms-glyph", made).setAttribute("aria-hidden", "true");
      node("span", "", made);
      list.prepend(made);
      lines.set(n, made);
    }
    return lines.get(n);
  };
  const write = (n, glyph, words, kind) => {
    const item = line(n);
    put(item.children[0], glyph);
    put(item.children[1], words);
    item.dataset.kind = kind;
  };
  return {
    ask(words, content) {
      const n = `${mine}-${(count += 1)}`;
      write(n, "…", `asked to ${words}`, "asked");
      const slow = setTimeout(() => {
        write(n, "…", `asked to ${words}; the kernel is busy and will get to it`, "asked");
      }, SLOW_MS);
      waiting.set(n, slow);
      model.send({ ask: n, content });
    },
    answered() {
      const said = JSON.parse(model.get("said") || "[]");
      for (const { n, words, ok } of said) {
        clearTimeout(waiting.get(n));
        waiting.delete(n);
        write(n, ok ? "✔" : "✘", words, ok ? "done" : "refused");
      }
      const keep = new Set(said.map(({ n }) => n));
      for (const [n, item] of lines) {
        if (keep.has(n) || waiting.has(n)) continue;
        item.remove();
        lines.delete(n);
      }
    },
    forget() {
      for (const timer of waiting.values()) clearTimeout(timer);
    },
  };
}

/** A row of buttons of which one may ask back before it acts; nothing happens by default. */
function confirming(parent) {
  const row = node("div", "hms-buttons", parent);
  const question = node("div", "hms-sure", parent);
  question.hidden = true;
  const words = node("span", "", question);
  let yes = () => {};
  const close = () => {
    question.hidden = true;
    row.hidden = false;
  };
  const sure = button(question, "Yes", () => {
    close();
    yes();
  });
  sure.classList.add("hms-danger");
  const no = button(question, "No", close);
  question.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  return {
    row,
    close,
    /** Do it at once, or after a yes where there is a question. */
    act(asked, does) {
      if (!asked) return does();
      put(words, asked);
      yes = does;
      question.hidden = false;
      row.hidden = true;
      no.focus();
    },
  };
}

/** What can be asked of one agent. Buttons stay the same nodes, so no click falls between two. */
function agentButtons(parent, ask) {
  const bar = confirming(parent);
  let line = { id: "" };
  let task = "";
  const made = Object.entries(VERBS).map(([verb, { label, title, asking, sure }]) => {
    const press = () => {
      const { id } = line;
      const content = verb === "cancel" ? { do: verb, task } : { do: verb, agent: id };
      // A restart heals one that is down; one that is up it takes away from its work.
      const question = verb === "restart" && line.pid ? "Give {} a new process now?" : sure;
      bar.act(question && question.replace("{}", () => id), () => ask(`${asking} ${id}`, content));
    };
    return [verb, button(bar.row, label, press, title)];
  });
  return (detail) => {
    if (detail.line.id !== line.id) bar.close();
    line = detail.line;
    task = detail.task || "";
    for (const [verb, each] of made) each.hidden = !(detail.verbs || []).includes(verb);
  };
}

/** What can be asked of the session as a whole. */
function sessionControls(parent, ask) {
  const bar = confirming(parent);
  const row = bar.row;
  const several = node("input", "hms-count", row);
  several.type = "number";
  several.min = 1;
  several.max = 100;
  several.value = 1;
  several.setAttribute("aria-label", "how many agents to spawn");
  const spawn = () => {
    const count = Math.min(100, Math.max(1, Math.round(Number(several.value)) || 1));
    ask(`spawn ${count} agent${count === 1 ? "" : "s"}`, { do: "spawn", count });
  };
  row.prepend(button(row, "Spawn", spawn, "Start so many agents more"));
  let paused = false;
  const pause = button(row, "Pause", () =>
    paused
      ? ask("go on giving out tasks", { do: "resume" })
      : ask("give out no new tasks", { do: "pause" }),
  );
  const chaos = (verb, label, sure) =>
    button(row, label, () => bar.act(sure, () => ask(`${verb} a random agent`, { do: verb })));
  chaos("kill", "Chaos: kill −9", "Kill a random agent with SIGKILL, to see it come back?");
  chaos("freeze", "Chaos: freeze", "Freeze a random agent, to see it found out and replaced?");

  const form = node("form", "hms-claim", parent);
  const text = node("input", "", form);
  text.type = "text";
  text.placeholder = "∀ x : ℝ, 0 ≤ x ^ 2";
  text.setAttribute("aria-label", "a claim in Lean 4");
  text.spellcheck = false;
  const submit = button(form, "Prove", () => {}, "Hand in this claim");
  submit.type = "submit";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const statement = text.value.trim();
    if (!statement) return text.focus();
    ask(`prove ${statement.length > 60 ? statement.slice(0, 59) + "…" : statement}`, {
      do: "prove",
      statement,
    });
    text.value = "";
  });
  return (isPaused) => {
    paused = isPaused;
    put(pause, paused ? "Resume" : "Pause");
    pause.title = paused ? "Give out tasks again" : "Give out no new tasks; what runs goes on";
    pause.setAttribute("aria-pressed", String(paused));
  };
}
