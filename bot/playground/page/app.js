// Law: wiring. What is known stands in `known`, events change it, `draw…` shows it; nothing is kept in the DOM.
// The page knows Slack's protocol and nothing of what any app is about.

import { composer } from "./composer.js";
import { h, icon, tile } from "./dom.js";
import { byTs, messageList } from "./messages.js";
import { dropView, keepViews, showView, viewValues } from "./modal.js";
import { pill } from "./mrkdwn.js";
import { menuButton, notice } from "./popup.js";
import { fetchState, listen, post } from "./server.js";
import { clockFace, dayOf, now, setClock, setZone, untilMonday } from "./time.js";

const SLACKBOT = "USLACKBOT";
const UNOPENED = "unopened"; // stands for the direct messages that a person has not opened yet
const HOUR = 3600;
const JUMPS = [["+1 hour", () => HOUR], ["+1 day", () => 24 * HOUR], ["+1 week", () => 168 * HOUR], ["Next Monday 09:00", untilMonday]];

const known = {
  team: { name: "" }, me: "", users: new Map(), channels: new Map(), commands: [],
  messages: new Map(), // channel id → (ts → message)
  here: "", thread: null, unread: new Set(), pending: new Map(), // channel id → deliveries under way
  dismissed: new Set(), drafts: new Map(), // channel id, or thread → what is typed and not sent
  connected: null, reachable: true, clock: false, today: "",
};

const at = (id) => document.getElementById(id);
const log = at("log");
const desk = composer(at("composer"), say, commandsHere);
const reply = composer(at("reply"), answer, () => []);

const directory = {
  userPill(id) {
    const name = known.users.get(id)?.name ?? id;
    return pill(`@${name}`, id === known.me ? "person me" : "person");
  },
  channelLink(id, label) {
    const channel = known.channels.get(id);
    const name = `#${channel?.name ?? (label || id)}`;
    if (!channel) return pill(name, "channel");
    return h("button", { type: "button", class: "mention channel", onclick: () => visit(id) }, name);
  },
  channelNamed: (name) => [...known.channels.values()].find((channel) => channel.name === name && channel.kind !== "im"),
};

const hooks = { author, context: messageContext, dismiss };
const main = messageList(log, { ...hooks, thread: (message) => showThread(message.ts) });
const replies = messageList(at("thread-log"), hooks);

const views = {
  context: (view) => ({
    directory,
    act: (payload, node) => click({ view_id: view.id, values: viewValues(view.id), ...payload }, node),
  }),
  submit: (view, values) => post("submit", { view_id: view.id, values, user: known.me }),
  close: (view, all) => post("close", { view_id: view.id, user: known.me, all }),
};

// ---- What is known -------------------------------------------------------------------------------------

function take(state) {
  Object.assign(known, { team: state.team, me: state.me, commands: state.commands, reachable: true });
  if (typeof state.connected === "boolean") known.connected = state.connected;
  known.users = new Map(state.users.map((user) => [user.id, user]));
  setZone(known.users.get(state.me).tz);
  setTime(state.clock);
  known.channels = new Map(state.channels.map((channel) => [channel.id, channel]));
  known.messages = new Map();
  known.pending = new Map();
  for (const list of Object.values(state.messages)) for (const message of list) keep(message);
  if (!known.channels.has(known.here)) {
    const wanted = known.channels.get(location.hash.slice(1));
    const first = state.channels.find(({ kind, is_archived: gone }) => kind === "channel" && !gone) ?? state.channels[0];
    known.here = (wanted ?? first)?.id ?? "";
  }
  drawAll();
  keepViews(state.views.map((view) => view.id));
  for (const view of state.views) showView(view, views);
}

function keep(message) {
  const list = known.messages.get(message.channel) ?? new Map();
  known.messages.set(message.channel, list.set(message.ts, message));
}

function heard(event) {
  switch (event.type) {
    case "message":
    case "message_changed": {
      keep(event.message);
      if (event.type === "message" && event.message.channel !== known.here) known.unread.add(event.message.channel);
      drawChannels();
      return drawMessages();
    }
    case "message_deleted":
      known.messages.get(event.channel)?.delete(event.ts);
      return drawMessages();
    case "view_opened":
    case "view_updated": return showView(event.view, views);
    case "view_closed": return dropView(event.view_id ?? event.view?.id);
    case "notice": return notice(event.text);
    case "clock":
      setTime(event.now);
      drawClock();
      return drawMessages();
    case "pending":
      known.pending.set(event.channel, Math.max(0, (known.pending.get(event.channel) ?? 0) + (event.pending ? 1 : -1)));
      return drawPending();
    case "connection":
      known.connected = event.connected;
      return drawBanner();
    default: return undefined;
  }
}

function setTime(clock) {
  known.clock = clock !== null;
  setClock(clock);
}

// ---- What a person does --------------------------------------------------------------------------------

async function say(text) {
  log.scrollTop = log.scrollHeight;
  await post("say", { channel: known.here, text, user: known.me });
}

async function answer(text) {
  at("thread-log").scrollTop = at("thread-log").scrollHeight;
  await post("say", { channel: known.here, text, user: known.me, thread_ts: known.thread });
}

async function click(payload, node) {
  if (node.getAttribute("aria-busy") === "true") return;
  node.setAttribute("aria-busy", "true");
  await post("click", { user: known.me, ...payload });
  node.removeAttribute("aria-busy");
}

function dismiss(message) {
  known.dismissed.add(`${message.channel} ${message.ts}`);
  drawMessages();
  desk.focus();
}

/** Whoever enters the direct messages opens them, which the app hears of; the first time there is no channel yet. */
async function visit(id) {
  const direct = id === UNOPENED || (isWithApp(known.channels.get(id)) && id !== known.here);
  if (id !== UNOPENED) show(id);
  const opened = direct ? await post("open", { user: known.me }) : null;
  if (!opened || id !== UNOPENED) return;
  await refresh();
  show(opened.channel);
}

function show(id) {
  known.drafts.set(known.here, desk.typed());
  leaveThread();
  known.here = id;
  known.unread.delete(id);
  history.replaceState(null, "", `#${id}`);
  openSidebar(false);
  drawAll();
  log.scrollTop = log.scrollHeight;
  desk.fill(known.drafts.get(id) ?? "");
}

/** The direct messages with the app, not those between people. */
function isWithApp(channel) {
  return channel?.kind === "im" && channel.is_member;
}

/** The app's commands, and Slack's own where the app is not. */
function commandsHere() {
  const channel = known.channels.get(known.here);
  if (!isOutside(channel)) return known.commands;
  return [...known.commands, { command: "/invite", usage_hint: `@${app()?.name}`, description: "Add the app to this channel" }];
}

/** Whether the app could be invited here. */
function isOutside(channel) {
  return Boolean(channel) && channel.kind !== "im" && !channel.is_member && !channel.is_archived;
}

function showThread(ts) {
  leaveThread();
  known.thread = ts;
  drawMessages();
  at("thread-log").scrollTop = at("thread-log").scrollHeight;
  if (known.channels.get(known.here)?.is_archived) at("thread-close").focus();
  else reply.fill(known.drafts.get(`${known.here} ${ts}`) ?? "");
}

function leaveThread() {
  if (known.thread) known.drafts.set(`${known.here} ${known.thread}`, reply.typed());
  known.thread = null;
}

function hideThread() {
  leaveThread();
  drawMessages();
  desk.focus();
}

function openSidebar(open) {
  document.body.classList.toggle("sidebar-open", open);
  at("menu").setAttribute("aria-expanded", String(open));
  if (open) at("sidebar").querySelector("[aria-current=page]")?.focus();
}

// ---- What is shown -------------------------------------------------------------------------------------

function author(message) {
  if (message.user === SLACKBOT) return { id: SLACKBOT, name: "Slackbot", app: false };
  const user = known.users.get(message.user);
  return { id: message.user, name: user ? nameOf(user) : message.user, app: Boolean(message.bot) };
}

function messageContext(message) {
  const place = { channel: message.channel, ts: message.ts };
  return { directory, act: (payload, node) => click({ ...place, ...payload }, node) };
}

function drawAll() {
  const channel = known.channels.get(known.here);
  const title = channel ? label(channel) : "";
  document.title = title ? `${title} · ${known.team.name}` : known.team.name;
  at("team").textContent = known.team.name;
  at("title").replaceChildren(...(channel ? [mark(channel), h("span", { dir: "auto" }, called(channel)), shared(channel)] : []));
  at("outside").hidden = !isOutside(channel);
  drawMe();
  drawComposer(channel, title);
  drawClock();
  drawChannels();
  drawBanner();
  drawMessages();
}

/** Where nothing can be written a way back stands in the message box's place. */
function drawComposer(channel, title) {
  const archived = Boolean(channel?.is_archived);
  const held = at("archived").contains(document.activeElement);
  desk.address(`Message ${title}`, archived ? `${title} is archived` : "");
  at("composer").hidden = archived;
  at("reply").hidden = archived;
  at("archived").hidden = !archived;
  at("archived-text").textContent = `${title} is archived.`;
  if (held && !archived) desk.focus();
}

/** The time, and a menu that moves it forward; nothing where the playground goes by the machine's own clock. */
function drawClock() {
  at("clock").hidden = !known.clock;
  known.today = dayOf(now());
  const { date, time, zone } = clockFace();
  if (!at("clock").firstChild) {
    const piece = (name) => h(name === "time" ? "strong" : "span", { class: `clock-${name}` });
    const items = JUMPS.map(([label, seconds]) => ({ label, pick: () => post("clock", { seconds: seconds() }) }));
    const face = [icon("clock"), piece("date"), piece("time"), piece("zone"), icon("down")];
    const label = { "aria-label": "Move the clock", title: "Move the clock forward" };
    at("clock").append(menuButton(label, face, [{ title: "Move the clock forward", items }]));
  }
  const show = (name, text) => { at("clock").querySelector(`.clock-${name}`).textContent = text; };
  show("date", date);
  show("time", time);
  show("zone", `· ${zone}`);
  at("clock").firstChild.setAttribute("aria-label", `It is ${date} ${time}, ${zone}. Move the clock`);
}

/** Each second the clock may show another minute, and the lines of the days another today. */
function tick() {
  if (!known.me) return;
  const before = known.today;
  drawClock();
  if (known.today !== before) drawMessages();
}

/** Who one is, and a menu to be somebody else: what one person sees alone, another must not. */
function drawMe() {
  const face = (user) => [tile(user.id, nameOf(user)), h("span", { dir: "auto" }, nameOf(user))];
  const people = [...known.users.values()].filter((user) => !user.is_bot && !user.deleted);
  const me = known.users.get(known.me);
  const items = people.map((user) => ({
    label: nameOf(user),
    selected: user === me,
    pick: () => location.assign(`/?user=${encodeURIComponent(user.id)}${location.hash}`),
  }));
  const button = menuButton({ "aria-label": `You are ${nameOf(me)}. Be somebody else` }, [...face(me), icon("down")], [{ items }]);
  at("me").replaceChildren(button);
}

function nameOf(user) {
  return user.real_name || user.name;
}

function drawChannels() {
  const channels = [...known.channels.values()];
  if (app() && !channels.some(isWithApp)) channels.push({ id: UNOPENED, name: app().name, kind: "im" });
  const place = (id, kinds) => {
    const list = channels.filter(({ kind }) => kinds.includes(kind));
    at(id).replaceChildren(...list.map(channelLine));
  };
  // Redrawing the list under the keyboard must not take the focus out of it.
  const focused = document.activeElement?.dataset.channel;
  place("channels", ["channel", "private"]);
  place("direct", ["im"]);
  if (focused) at("sidebar").querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
}

function channelLine(channel) {
  const here = channel.id === known.here;
  const unread = known.unread.has(channel.id);
  const button = h(
    "button",
    {
      type: "button", class: `channel ${unread ? "unread" : ""} ${channel.is_archived ? "archived" : ""}`,
      "data-channel": channel.id, "aria-current": here && "page", onclick: () => visit(channel.id),
    },
    mark(channel),
    h("span", { class: "channel-name", dir: "auto" }, called(channel)),
    channel.is_ext_shared ? sharedMark() : null,
    unread ? h("span", { class: "dot", role: "img", "aria-label": "unread" }) : null,
  );
  return h("li", {}, button);
}

function mark(channel) {
  if (channel.is_archived) return icon("archive");
  if (channel.kind === "im") return tile(peer(channel)?.id ?? channel.id, called(channel));
  return icon(channel.kind === "private" ? "lock" : "hash");
}

function sharedMark() {
  return h("span", { class: "shared", role: "img", "aria-label": "shared with another organisation" }, icon("shared"));
}

/** In the header there is room to say it in words. */
function shared(channel) {
  return channel.is_ext_shared ? h("span", { class: "badge" }, "shared with another organisation") : "";
}

/** The user that the app is. */
function app() {
  return [...known.users.values()].find((user) => user.is_bot && user.id !== SLACKBOT);
}

/** Whom a direct message is with: the tile and the name are those beside the messages. */
function peer(channel) {
  return [...known.users.values()].find((user) => user.name === channel.name);
}

function called(channel) {
  const user = channel.kind === "im" ? peer(channel) : null;
  return user ? nameOf(user) : channel.name;
}

function label(channel) {
  return channel.kind === "im" ? called(channel) : `#${channel.name}`;
}

function drawBanner() {
  const text = !known.reachable
    ? "The playground is out of reach. Trying again…"
    : known.connected === false
      ? "Waiting for the app to connect. Until it has, commands fail as they would in Slack."
      : "";
  at("banner").hidden = text === "";
  at("banner-text").textContent = text;
}

function drawPending() {
  at("pending").hidden = !known.pending.get(known.here);
}

function drawMessages() {
  const atBottom = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const list = [...(known.messages.get(known.here)?.values() ?? [])]
    .filter((message) => !known.dismissed.has(`${message.channel} ${message.ts}`));
  const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;
  const counts = new Map();
  const everybodys = list.filter((message) => isReply(message) && !message.ephemeral);
  for (const message of everybodys) counts.set(message.thread_ts, (counts.get(message.thread_ts) ?? 0) + 1);
  const top = list.filter((message) => !isReply(message));
  main.show(top, counts);
  drawThread(list);
  drawPending();
  drawEmpty(top.length === 0);
  if (atBottom) log.scrollTop = log.scrollHeight;
}

function drawThread(list) {
  const parent = list.find(({ ts }) => ts === known.thread);
  const panel = at("thread-log");
  const atBottom = panel.scrollHeight - panel.scrollTop - panel.clientHeight < 80;
  at("thread").hidden = !parent;
  replies.show(parent ? list.filter(({ ts, thread_ts: of }) => ts === parent.ts || of === parent.ts).sort(byTs) : []);
  reply.address("Reply…");
  if (atBottom) panel.scrollTop = panel.scrollHeight;
}

/** Before the first message the channel says what to do, with the app's own usage hint as the example. */
function drawEmpty(empty) {
  at("empty").hidden = !empty;
  const [first] = known.commands;
  const example = first ? `${first.command} ${first.usage_hint ?? ""}`.trim() : "";
  at("try").hidden = !example || Boolean(known.channels.get(known.here)?.is_archived);
  at("example").textContent = example;
}

// ---- Start ---------------------------------------------------------------------------------------------

async function refresh() {
  const state = await fetchState(known.me);
  if (state) take(state);
}

async function start() {
  const wanted = new URLSearchParams(location.search).get("user");
  const state = await fetchState(wanted);
  if (!state) {
    setTimeout(start, 2000);
    return;
  }
  take(state);
  log.scrollTop = log.scrollHeight;
  desk.focus();
  if (isWithApp(known.channels.get(known.here))) post("open", { user: known.me });
  listen(known.me, {
    refresh,
    event: heard,
    lost() {
      known.reachable = false;
      drawBanner();
    },
  });
}

at("example").addEventListener("click", () => desk.fill(at("example").textContent));
at("invite").addEventListener("click", () => desk.fill(`/invite @${app()?.name}`));
at("menu").addEventListener("click", () => openSidebar(!document.body.classList.contains("sidebar-open")));
at("shade").addEventListener("click", () => openSidebar(false));
at("thread-close").addEventListener("click", hideThread);
at("unarchive").addEventListener("click", () => post("unarchive", { channel: known.here, user: known.me }));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (document.body.classList.contains("sidebar-open")) openSidebar(false);
  else if (at("thread").contains(document.activeElement)) hideThread();
});
setInterval(tick, 1000);
start();
