// What a newcomer may let go wrong, and what is wrong now.

import { setText } from "./dom.js";
import { absolute } from "./clock.js";

/** The buttons on the AWS side, and the banners above everything. `make(what)` lets something go wrong, or puts it right. */
export class TroublePanel {
  constructor(root, make) {
    const button = (id, what) => {
      const found = root.querySelector(`#${id}`);
      found.addEventListener("click", () => make(what));
      return found;
    };
    this.awsAway = button("aws-away", "aws-away");
    this.deleteGateway = button("delete-gateway", "delete-gateway");
    this.killBot = button("kill-bot", "kill-bot");
    button("aws-back", "aws-back");
    button("start-bot", "start-bot");
    this.awsIsAway = root.querySelector("#aws-is-away");
    this.awsIsAwayText = root.querySelector("#aws-is-away-text");
    this.botIsKilled = root.querySelector("#bot-is-killed");
  }

  /** `view`: `state`, `locale`, `words`. */
  show({ state: { trouble }, locale, words }) {
    const until = trouble.aws_away_until;
    this.awsIsAway.hidden = until === null;
    if (until !== null) setText(this.awsIsAwayText, words.awsIsAway(absolute(Date.parse(until), "T", locale)));
    this.botIsKilled.hidden = !trouble.bot_killed;
    this.awsAway.disabled = until !== null;
    this.killBot.disabled = trouble.bot_killed;
    this.deleteGateway.disabled = !trouble.has_gateway;
    this.deleteGateway.title = trouble.has_gateway ? "" : words.noGateway;
  }
}
