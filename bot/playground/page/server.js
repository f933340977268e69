// Law: the page's only way out, to the playground on this machine. A refused or failed request becomes one
// notice and null; an event stream that breaks is opened again, and the state is fetched anew each time,
// because what happened in between was not heard.

import { notice } from "./popup.js";

/** POST a JSON body; the server's answer, or null when it was refused (the person has been told). */
export async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return answer(() => fetch(`/page/${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** Everything there is to show, or null. */
export async function fetchState(user) {
  return answer(() => fetch(user ? `/page/state?user=${encodeURIComponent(user)}` : "/page/state"));
}

async function answer(request) {
  try {
    const response = await request();
    const said = await response.json();
    if (response.ok && said.ok !== false) return said;
    notice(said.error ?? `The playground answered ${response.status}.`);
  } catch {
    notice("The playground did not answer. Is it still running?");
  }
  return null;
}

/**
 * Listen for `user`. `refresh()` is awaited each time the stream opens, and events wait for it, so none is lost
 * between the state and the stream; `lost()` tells that the playground is out of reach. Returns the way to stop.
 */
export function listen(user, { refresh, event, lost }) {
  let waiting = [];
  let ready = false;
  let timer = null;
  let source = null;

  const catchUp = async () => {
    ready = false;
    await refresh();
    ready = true;
    for (const heard of waiting.splice(0)) take(heard);
  };

  /** A channel that is new or joined changes more than an event can say, so the state is fetched. */
  const take = (heard) => {
    if (!ready) waiting.push(heard);
    else if (heard.type === "channel") catchUp();
    else event(heard);
  };

  const connect = () => {
    source = new EventSource(`/page/events?user=${encodeURIComponent(user)}`);
    source.onopen = catchUp;
    source.onmessage = ({ data }) => take(JSON.parse(data));
    source.onerror = () => {
      lost();
      if (source.readyState !== EventSource.CLOSED) return;
      waiting = [];
      timer = setTimeout(connect, 2000);
    };
  };

  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
