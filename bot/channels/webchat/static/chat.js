// The page works without this file: forms post and the server renders. With it, messages travel
// over a web socket, or by fetch where the socket is not to be had, and the page stays in place.
"use strict";
(() => {
  const body = document.body;
  const log = document.getElementById("log");
  const form = document.getElementById("ask");
  const box = document.getElementById("text");
  const photo = document.getElementById("photo");
  const chooser = document.getElementById("file");
  const state = document.getElementById("state");
  const waiting = new Map();
  let socket = null;
  let delay = 1000;
  let next = 1;

  const status = (text) => { state.textContent = text; };

  function connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    try {
      socket = new WebSocket(`${scheme}//${location.host}/chat/socket`);
    } catch {
      socket = null;
      return;
    }
    socket.onopen = () => { delay = 1000; };
    socket.onmessage = (event) => receive(JSON.parse(event.data));
    socket.onclose = () => {
      socket = null;
      for (const [id, message] of waiting) {
        if (!(message instanceof FormData)) { post(id, message); }
      }
      setTimeout(connect, delay);
      delay = Math.min(delay * 2, 30000);
    };
  }

  function receive(message) {
    if (message.type === "reply" && waiting.delete(message.id)) { show(message.html); }
  }

  function send(message, label) {
    const id = say(message, label);
    status(body.dataset.thinking);
    if (socket && socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify({ id, ...message }));
    } else {
      post(id, message);
    }
  }

  async function sendPhoto(file) {
    const message = new FormData();
    const id = say(message, body.dataset.photo);
    status(body.dataset.reading);
    message.append("photo", await smaller(file), "photo");
    post(id, message);
  }

  // A large photo takes minutes on a slow network; half its size shows the square code as well.
  async function smaller(file) {
    try {
      const whole = await createImageBitmap(file);
      const scale = 2400 / Math.max(whole.width, whole.height);
      if (scale >= 1 || file.size < 1e6) { return file; }
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(whole.width * scale);
      canvas.height = Math.round(whole.height * scale);
      canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
      const drawn = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
      return drawn || file;
    } catch {
      return file;
    }
  }

  function say(message, label) {
    const id = String(next++);
    waiting.set(id, message);
    const welcome = log.querySelector(".welcome");
    if (welcome) { welcome.remove(); }
    const said = document.createElement("article");
    said.className = "said";
    said.dataset.id = id;
    const who = document.createElement("span");
    who.className = "who";
    who.textContent = body.dataset.you;
    const text = document.createElement("p");
    text.textContent = label;
    said.append(who, text);
    log.append(said);
    said.scrollIntoView({ block: "start" });
    return id;
  }

  async function post(id, message) {
    const isPhoto = message instanceof FormData;
    try {
      const answer = await fetch(isPhoto ? photo.action : "/chat", {
        method: "POST",
        headers: { Accept: "application/vnd.motcua.reply+html" },
        body: isPhoto ? message : new URLSearchParams(message),
      });
      if (!answer.ok) { throw new Error(String(answer.status)); }
      const html = await answer.text();
      if (waiting.delete(id)) { show(html); }
    } catch {
      waiting.delete(id);
      const said = log.querySelector(`.said[data-id="${id}"]`);
      if (said) { said.remove(); }
      if (message.text && !box.value) { box.value = message.text; }
      status(isPhoto ? body.dataset.unsent : body.dataset.offline);
      if (!isPhoto) { box.focus(); }
    }
  }

  function show(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const reply = holder.content.querySelector(".reply");
    log.append(holder.content);
    status("");
    prepare(reply);
    document.documentElement.lang = reply.lang;
    const said = reply.previousElementSibling;
    if (said && "private" in reply.dataset) { star(said.querySelector("p")); }
    (said && said.offsetHeight < innerHeight / 3 ? said : reply).scrollIntoView({ block: "start" });
  }

  // What was typed to prove the right to know does not stay on the screen.
  function star(line) {
    if (line) { line.textContent = line.textContent.replace(/[a-z0-9]{6,}/gi, "••••••"); }
  }

  function prepare(root) {
    for (const list of root.querySelectorAll("[data-list]")) {
      for (const tick of list.querySelectorAll("[data-tick]")) {
        const key = `tick:${list.dataset.list}:${tick.dataset.tick}`;
        tick.checked = remembered(key);
        tick.onchange = () => remember(key, tick.checked);
      }
    }
    for (const button of root.querySelectorAll(".print")) {
      button.hidden = false;
      button.onclick = () => print(button.closest(".reply"));
    }
  }

  function remembered(key) {
    try { return localStorage.getItem(key) === "1"; } catch { return false; }
  }

  function remember(key, ticked) {
    try {
      if (ticked) { localStorage.setItem(key, "1"); } else { localStorage.removeItem(key); }
    } catch { /* a phone that keeps nothing still shows the list */ }
  }

  function print(reply) {
    body.classList.add("one-list");
    reply.classList.add("printing");
    window.print();
    body.classList.remove("one-list");
    reply.classList.remove("printing");
  }

  document.addEventListener("submit", (event) => {
    const target = event.target;
    if (target.classList.contains("forget")) {
      if (!window.confirm(target.dataset.ask)) {
        event.preventDefault();
      } else {
        try { localStorage.clear(); } catch { /* nothing was kept */ }
      }
      return;
    }
    event.preventDefault();
    if (target === form) {
      const text = box.value.trim();
      if (!text || waiting.size) { box.focus(); return; }
      box.value = "";
      grow();
      send({ text }, text);
    } else if (target === photo) {
      sendChosen();
    } else if (event.submitter && !waiting.size) {
      const button = event.submitter;
      send({ [button.name]: button.value }, button.textContent.trim());
    }
  });

  function grow() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 4, 160)}px`;
  }

  box.addEventListener("input", grow);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  // With a script, one press is enough: the button opens the chooser, and choosing sends.
  function sendChosen() {
    const file = chooser.files[0];
    if (!file || waiting.size) { return; }
    sendPhoto(file);
    photo.reset();
  }

  if (photo) {
    chooser.classList.add("unseen");
    chooser.tabIndex = -1;
    chooser.onchange = sendChosen;
    photo.querySelector("button").onclick = (event) => {
      event.preventDefault();
      chooser.click();
    };
  }

  prepare(document);
  const latest = document.getElementById("latest");
  if (latest) { latest.scrollIntoView({ block: "start" }); }
  connect();
})();
