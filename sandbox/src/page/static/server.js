// The page's side of its API.

/** A refusal whose sentence is meant to be shown; `unreachable` when nobody was there to refuse. */
export class Refused extends Error {
  constructor(sentence, unreachable = false) {
    super(sentence);
    this.unreachable = unreachable;
  }
}

/** Sends JSON. Resolves to the answer's JSON, or null; rejects with `Refused`, in the language of `words`. */
export async function post(path, body, words) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refused(words.unreachable, true);
  }
  const answer = await response.json().catch(() => null);
  if (answer?.error) throw new Refused(words.refused(answer));
  if (!response.ok) throw new Refused(`${words.unreachable} (${response.status})`, true);
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
