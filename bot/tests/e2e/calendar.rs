//! Times from outside: what can be written in a tag or a name breaks nothing.

use chrono::{DateTime, Utc};
use doorman_stage::{Stage, text};
use serde_json::json;

const OPEN: &str = "The NAT window is open";
const CLOSED: &str = "NAT window closed, nothing of it is left";

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_named_with_a_time_near_the_end_of_the_calendar_breaks_nothing() {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, OPEN).await;
    let schedules = |stage: &Stage| -> Vec<String> {
        stage.ours().into_iter().filter(|item| item.kind == "schedule").map(|item| item.id).collect()
    };
    let armed = schedules(&stage);
    let (of_the_lease, _) = armed[0].rsplit_once('-').expect("its end");
    let role = format!("arn:aws:iam::123456789012:role/{}", stage.settings.stack.backstop.role);
    for end in [DateTime::<Utc>::MAX_UTC.timestamp(), DateTime::<Utc>::MAX_UTC.timestamp() - 120] {
        let schedule = json!({
            "Name": format!("{of_the_lease}-{end:08x}"),
            "ScheduleExpression": "at(2030-01-01T00:00:00)",
            "FlexibleTimeWindow": { "Mode": "OFF" },
            "Target": {
                "Arn": "arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution",
                "RoleArn": role,
                "Input": json!({ "DocumentName": "doorman" }).to_string(),
            },
        });
        stage.world.aws.by_hand().scheduler("CreateSchedule", &schedule).expect("AWS takes it");
    }
    // Messages go on being rendered, and the net for the present end is what is told of.
    stage.says("operator", "/nat extend duration:5m").await;
    let extended = text(&stage.reads(&reply.id, "Extended by").await);
    assert!(extended.contains("Safety net"), "{extended}");
    let status = text(&stage.says("viewer", "/status").await);
    assert!(status.contains("NAT window"), "{status}");
    stage
        .see("only the schedule for the present end", |stage| (schedules(stage).len() == 1).then_some(()))
        .await;
    stage.presses("operator", &reply.id, "Close now").await;
    stage.reads(&reply.id, CLOSED).await;
    stage.finish().await;
}
