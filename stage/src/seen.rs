//! What is seen: in the channel as people read it, and in AWS.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use doorman_sandbox::aws::{FaultKind, FaultRule};
use doorman_sandbox::discord::MessageView;

use crate::message::{text, title};
use crate::stage::Stage;

impl Stage {
    /// Waits until the world is so, and returns what was seen.
    ///
    /// # Panics
    ///
    /// When it does not come to that in time.
    pub async fn see<T>(&self, what: &str, look: impl Fn(&Stage) -> Option<T>) -> T {
        let (mut discord, mut aws) = (self.world.discord.changes(), self.world.aws.changes());
        let deadline = tokio::time::Instant::now() + self.patience;
        loop {
            if let Some(seen) = look(self) {
                return seen;
            }
            let changed = async {
                tokio::select! {
                    _ = discord.changed() => {}
                    _ = aws.changed() => {}
                }
            };
            if tokio::time::timeout_at(deadline, changed).await.is_err() {
                panic!("never seen: {what}\n{}", self.channel());
            }
        }
    }

    /// Waits until a message reads so.
    pub async fn reads(&self, message: &str, words: &str) -> MessageView {
        self.see(&format!("{words:?} in {message}"), |stage| {
            stage.world.discord.message(message).filter(|view| text(view).contains(words))
        })
        .await
    }

    /// Waits for a message of the bot's own in the channel that reads so.
    pub async fn posted(&self, words: &str) -> MessageView {
        self.see(&format!("{words:?} in the channel"), |stage| {
            stage.messages().into_iter().find(|view| view.is_bot && text(view).contains(words))
        })
        .await
    }

    /// Waits for a message in the channel that only that person can see and that reads so.
    pub async fn whispered(&self, person: &str, words: &str) -> MessageView {
        self.see(&format!("{words:?} whispered to {person}"), |stage| {
            let messages = stage.messages().into_iter();
            let mut private = messages.filter(|view| view.private_to.as_deref() == Some(person));
            private.find(|view| text(view).contains(words))
        })
        .await
    }

    /// The messages with a title, which are those that tell of leases.
    pub fn titled(&self) -> Vec<MessageView> {
        self.messages().into_iter().filter(|view| title(view).is_some()).collect()
    }

    /// Everything people see in the channel, for failures and snapshots.
    pub fn channel(&self) -> String {
        self.messages().iter().map(|view| format!("--- {}\n{}\n", view.id, text(view))).collect()
    }

    /// What of doorman's bills now, as `kind state`, sorted.
    pub fn billing(&self) -> Vec<String> {
        let ours = self.ours().into_iter().filter(|item| item.usd_per_hour.is_some());
        let mut billing: Vec<String> = ours.map(|item| format!("{} {}", item.kind, item.state)).collect();
        billing.sort();
        billing
    }

    /// Waits until nothing of doorman's is left in AWS.
    pub async fn nothing_left(&self) {
        self.see("nothing left in AWS", |stage| stage.ours().is_empty().then_some(())).await;
    }

    /// Where the private table's default route leads.
    pub fn default_route(&self) -> Option<String> {
        let routes = self.world.aws.inventory().into_iter().filter(|item| item.kind == "route");
        let of_table = routes.filter(|item| {
            item.name.as_deref() == Some("my-route-private") || item.detail.contains("my-route-private")
        });
        let mut default =
            of_table.filter(|item| item.id.contains("0.0.0.0/0") || item.detail.contains("0.0.0.0/0"));
        default.next().map(|item| {
            let words = item.detail.split_whitespace().chain(item.id.split_whitespace());
            let mut targets = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
            targets
                .find(|word| word.starts_with("nat-") || word.starts_with("igw-"))
                .unwrap_or("?")
                .to_owned()
        })
    }

    /// The id of what carries that name.
    ///
    /// # Panics
    ///
    /// When nothing does.
    pub fn id_of(&self, name: &str) -> String {
        let mut items = self.world.aws.inventory().into_iter();
        items.find(|item| item.name.as_deref() == Some(name)).expect("in the inventory").id
    }

    /// doorman's instances that are alive: ids by name.
    pub fn instances(&self) -> BTreeMap<String, String> {
        let instances =
            self.ours().into_iter().filter(|item| item.kind == "instance" && item.state != "shutting-down");
        instances.map(|item| (item.name.unwrap_or_default(), item.id)).collect()
    }

    /// The end that a window's message shows, as its tags would write it.
    pub fn until(&self, message: &str) -> String {
        let view = self.world.discord.message(message).expect("the message is there");
        self.until_of(&view).to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// The end that a window's message shows: the latest time in it.
    pub fn until_of(&self, view: &MessageView) -> DateTime<Utc> {
        // But for when AWS would close it by itself, which is later.
        let told = text(view);
        let told: Vec<&str> = told.lines().filter(|line| !line.contains("Safety net")).collect();
        let told = told.join("\n");
        let times = told.split("<t:").skip(1).filter_map(|rest| rest.split(':').next()?.parse().ok());
        DateTime::from_timestamp(times.max().expect("times in the message"), 0).expect("a time")
    }

    /// There never were two gateways or two addresses at once, and there was one of each.
    pub fn assert_only_one_ever(&self) {
        let alive = self.world.aws.max_alive();
        assert_eq!((alive.nat_gateways, alive.addresses), (1, 1), "gateways and addresses at once");
    }

    /// Lets AWS refuse an operation, as often as said.
    pub fn refuse(&self, operation: &str, times: usize, status: u16, code: &str) {
        let (code, message) =
            (code.to_owned(), "Refused by the test with arn:aws:iam::123456789012:user/x".to_owned());
        let kind = FaultKind::Refuse { status, code, message };
        self.world.aws.faults().add(FaultRule { operation: operation.to_owned(), skip: 0, times, kind });
    }

    /// Lets gateways fail after they were made, as often as said.
    pub fn gateway_fails(&self, times: usize, code: &str) {
        let kind = FaultKind::GatewayFails { code: code.to_owned(), message: "none".to_owned() };
        self.world.aws.faults().add(FaultRule {
            operation: "CreateNatGateway".to_owned(),
            skip: 0,
            times,
            kind,
        });
    }
}
