// Asks for news, draws the chat as the platform would, and tells what the person does.
"use strict";
(() => {
  const words = JSON.parse(document.body.dataset.words);
  const find = (id) => document.getElementById(id);
  const chat = find("chat");
  const box = find("text");
  const state = find("state");
  const file = find("file");
  let shown = "person";
  let chats = [];
  let drawn = "";

  function make(tag, className, text) {
    const made = document.createElement(tag);
    if (className) { made.className = className; }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  function button(label, press) {
    const made = make("button", "", label);
    made.type = "button";
    made.onclick = press;
    return made;
  }

  // What the person does

  async function post(address, body, headers) {
    try {
      const answer = await fetch(address, { method: "POST", body, headers });
      state.textContent = answer.ok ? "" : answer.status === 503 ? words.opening : words.impossible;
    } catch {
      state.textContent = words.gone;
    }
  }

  const act = (what) => post("/act", JSON.stringify(what), { "Content-Type": "application/json" });
  const say = (text) => act({ do: "say", chat: shown, text });

  function perform(deed) {
    if (deed === "photo") { file.click(); return; }
    show("person");
    act({ do: deed, phone: find("phone").value });
  }

  file.onchange = () => {
    if (!file.files[0]) { return; }
    show("person");
    post("/photo", file.files[0], { "Content-Type": "application/octet-stream" });
    file.value = "";
  };

  find("say").onsubmit = (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (text) { say(text); }
    box.value = "";
    box.focus();
  };

  box.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      find("say").requestSubmit();
    }
  };

  for (const one of find("tries").children) {
    one.onclick = () => say(one.textContent);
  }

  // The chat

  const TAGS = {
    bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "code",
    blockquote: "q", spoiler: "span",
  };
  const isWeb = (url) => /^(https?|tel|tg):/.test(url);

  function link(url, label) {
    const made = make("a", "", label);
    made.href = url;
    made.target = "_blank";
    made.rel = "noopener noreferrer";
    return made;
  }

  function formatted(text, marks) {
    const whole = make("p", "text");
    const edges = new Set([0, text.length]);
    for (const mark of marks) { edges.add(mark.start); edges.add(mark.start + mark.length); }
    const places = [...edges].sort((one, other) => one - other);
    for (let place = 0; place + 1 < places.length; place += 1) {
      const [start, end] = [places[place], places[place + 1]];
      const over = marks.filter((mark) => mark.start <= start && end <= mark.start + mark.length);
      const leads = over.find((mark) => mark.url && isWeb(mark.url));
      let node = leads ? link(leads.url, text.slice(start, end)) : linked(text.slice(start, end));
      for (const mark of over) {
        if (TAGS[mark.kind]) {
          const around = make(TAGS[mark.kind]);
          around.append(node);
          node = around;
        }
      }
      whole.append(node);
    }
    return whole;
  }

  // Addresses in plain text can be pressed on both platforms.
  function linked(text) {
    const parts = document.createDocumentFragment();
    text.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:)])/).forEach((part, place) => {
      parts.append(place % 2 ? link(part, part) : part);
    });
    return parts;
  }

  function attached(one) {
    const address = `/file?id=${encodeURIComponent(one.id)}`;
    if (one.is_picture) {
      const picture = make("img");
      picture.src = address;
      picture.alt = one.name;
      return picture;
    }
    const document_ = make("a", "file", `📄 ${one.name}`);
    document_.href = address;
    document_.download = one.name;
    document_.append(make("small", "", `${(one.size / 1024).toFixed(1)} KB`));
    return document_;
  }

  function pressed(bubble, one) {
    if (one.url) { return isWeb(one.url) ? link(one.url, one.label) : make("span", "", one.label); }
    const press = { do: "press", chat: shown, bubble: bubble.id, press: one.press };
    return button(one.label, () => act(press));
  }

  function line(bubble) {
    if (bubble.who === "note") { return make("p", "note", words.notes[bubble.text]); }
    const whole = make("article", bubble.who);
    whole.dataset.id = bubble.id;
    const inner = make("div", "bubble");
    if (bubble.file) { inner.append(attached(bubble.file)); }
    if (bubble.text) { inner.append(formatted(bubble.text, bubble.marks)); }
    if (bubble.card) {
      inner.classList.add("card");
      inner.append(make("b", "", bubble.card.title), make("p", "", bubble.card.subtitle));
      inner.append(button(words.submit, () => perform("submit")));
    }
    const at = new Date(bubble.at).toTimeString().slice(0, 5);
    inner.append(make("small", "at", bubble.is_edited ? `${words.edited} ${at}` : at));
    whole.append(inner);
    for (const row of bubble.rows) {
      const around = make("div", "row");
      around.append(...row.map((one) => pressed(bubble, one)));
      whole.append(around);
    }
    return whole;
  }

  function show(name) {
    shown = name;
    draw();
  }

  function draw() {
    const one = chats.find((known) => known.id === shown);
    if (!one) { return; }
    find("name").textContent = one.title;
    find("chats").replaceChildren(...chats.map((known) => {
      const tab = button(known.title, () => show(known.id));
      tab.setAttribute("aria-pressed", String(known.id === shown));
      return tab;
    }));
    const now = JSON.stringify(one);
    if (now === drawn) { return; }
    const grew = !drawn || JSON.parse(drawn).bubbles.length !== one.bubbles.length
      || JSON.parse(drawn).id !== one.id;
    drawn = now;
    chat.replaceChildren(...one.bubbles.map(line));
    if (!one.bubbles.length) { chat.append(make("p", "note", words.empty)); }
    if (one.hint) { chat.append(make("p", "note", words.group_hint.replace("{mention}", one.hint))); }
    find("keyboard").replaceChildren(...one.keyboard.map((row) => {
      const around = make("div", "row");
      around.append(...row.map((label) => button(label, () => perform("share"))));
      return around;
    }));
    if (grew) { settle(); }
  }

  // A long reply is read from its beginning, so its first line stays in sight.
  function settle() {
    chat.scrollTop = chat.scrollHeight;
    const mine = [...chat.querySelectorAll("article.person")].pop();
    const first = mine && mine.nextElementSibling;
    if (first && chat.scrollHeight - first.offsetTop > chat.clientHeight) {
      chat.scrollTop = Math.max(mine.offsetTop - 8, 0);
    }
  }

  // The wire

  function part(label, value) {
    const whole = make("div");
    const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
    whole.append(make("h3", "", label), make("pre", "", text));
    return whole;
  }

  function exchange(one) {
    const item = make("li", one.is_inward ? "inward" : "outward");
    const details = make("details");
    const summary = make("summary");
    const at = new Date(one.at);
    const time = at.toTimeString().slice(0, 8);
    const well = one.status === 200 && !(one.answered && one.answered.error);
    const status = make("span", well ? "status" : "status bad", one.status || words.no_answer);
    summary.append(
      make("span", "way", one.is_inward ? `→ ${words.inward}` : `← ${words.outward}`),
      make("code", "", one.name), status,
      make("span", "time", `${one.milliseconds < 100 ? one.milliseconds : Math.round(one.milliseconds)} ms`), make("time", "", time),
    );
    details.append(summary);
    if (Object.keys(one.headers).length) { details.append(part(words.headers, one.headers)); }
    if (one.sent !== null) { details.append(part(words.sent, one.sent)); }
    if (one.answered !== null) { details.append(part(words.answered, one.answered)); }
    item.append(details);
    return item;
  }

  function tell(exchanges) {
    const list = find("wire");
    for (const one of exchanges) { list.prepend(exchange(one)); }
    while (list.children.length > 300) { list.lastElementChild.remove(); }
  }

  // News

  function apply(news) {
    chats = news.chats;
    if (news.open && state.textContent === words.opening) { state.textContent = ""; }
    find("deeds").replaceChildren(...news.deeds.map((deed) => {
      return button(words.deeds[deed], () => perform(deed));
    }));
    const menu = find("menu");
    const commands = Object.entries(news.menu);
    menu.hidden = !commands.length;
    menu.lastElementChild.replaceChildren(...commands.map(([command, meaning]) => {
      const made = button(command, () => say(command));
      made.title = meaning;
      return made;
    }));
    draw();
    tell(news.wire);
  }

  async function follow() {
    let seen = 0;
    let wire = 0;
    for (;;) {
      try {
        const answer = await fetch(`/state?seen=${seen}&wire=${wire}`);
        if (!answer.ok) { throw new Error(String(answer.status)); }
        const news = await answer.json();
        seen = news.seen;
        if (news.wire.length) { wire = news.wire[news.wire.length - 1].number; }
        apply(news);
      } catch {
        state.textContent = words.gone;
        await new Promise((done) => { setTimeout(done, 2000); });
      }
    }
  }

  follow();
})();
