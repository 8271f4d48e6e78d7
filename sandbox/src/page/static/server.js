// The page's side of its API.

/** A refusal whose sentence is meant to be shown. */
export class Refused extends Error {}

/** Sends JSON. Resolves to the answer's JSON, or null; rejects with `Refused`. */
export async function post(path, body, unreachable) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refused(unreachable);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(answer?.error ?? `${unreachable} (${response.status})`);
  return answer;
}

/** Calls `onState` with every new state, and `onConnection` with whether there is a connection. */
export function subscribe(onState, onConnection) {
  const source = new EventSource("/api/events");
  source.addEventListener("state", (event) => {
    onConnection(true);
    onState(JSON.parse(event.data));
  });
  source.addEventListener("error", () => {
    onConnection(false);
    // A browser gives up for good when the answer is an error rather than a broken connection.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => subscribe(onState, onConnection), 2000);
  });
}
