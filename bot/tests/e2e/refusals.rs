//! What is typed wrong gets one clear sentence and changes nothing.

use doorman_stage::{Stage, text};

#[tokio::test(flavor = "multi_thread")]
async fn lengths_of_time() {
    let stage = Stage::set().await;
    for (typed, words) in [
        ("30mm", "Did you mean `30m`?"),
        ("soon", "is not a length of time"),
        ("0m", "is no time at all"),
        ("-5m", "lies in the past"),
        ("1m", "is too short"),
        ("3h", "your roles allow a window of at most `2h`"),
        ("5h", "is too long"),
    ] {
        let reply = stage.says("operator", &format!("/nat open duration:{typed}")).await;
        assert!(text(&reply).contains(words), "{typed}: {}", text(&reply));
        assert_eq!(reply.private_to.as_deref(), Some("operator"), "{typed} is refused in private");
    }
    let reply = stage.says("operator", "/nat extend duration:30m").await;
    assert!(text(&reply).contains("No NAT window is open"), "{}", text(&reply));
    assert!(stage.ours().is_empty());
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_types_and_images() {
    let stage = Stage::set().await;
    for (line, words) in [
        ("/session start instance:my-service-1", "Did you mean `my-service-01`?"),
        ("/session start instance:zzz", "There is no instance `zzz`"),
        ("/launch service type:t2.micro", "does not offer `t2.micro` in ap-northeast-2b"),
        ("/launch service type:t3.mikro", "Did you mean `t3.micro`?"),
        ("/launch service image:ubuntu-24.4", "Did you mean `ubuntu-24.04`?"),
        ("/launch service image:ami-0123456789abcdef0", "There is no image `ami-0123456789abcdef0`"),
    ] {
        let reply = stage.says("operator", line).await;
        assert!(text(&reply).contains(words), "{line}: {}", text(&reply));
        assert!(!text(&reply).contains("[Confirm]"), "{line} cannot be confirmed");
    }
    let reply = stage.says("operator", "/launch service type:t2.micro").await;
    assert!(text(&reply).contains("`t3.micro` is about as large"), "one that is offered: {}", text(&reply));
    assert!(stage.ours().is_empty());
    stage.finish().await;
}
