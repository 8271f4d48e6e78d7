//! How the clients are made: credentials, time limits, retries.

use std::sync::Arc;
use std::time::Duration;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use doorman_config::Settings;
use tokio::sync::OnceCell;

use super::calls::Calls;
use super::clients::{Aws, Inner};
use super::sign_in::SignIn;
use super::time::AwsTime;
use super::whole::Whole;
use crate::clock::Clock;

/// How long a connection may take to open; the SDK's own default, named so that it stays.
const CONNECT: Duration = Duration::from_millis(3100);
/// How long one attempt may take. EC2 answers within two seconds even when slow.
const ATTEMPT: Duration = Duration::from_secs(10);
/// How long a call may take with its retries.
const CALL: Duration = Duration::from_secs(60);
/// The same for IAM, Systems Manager and Scheduler, which closing a window does not need: their trouble must not hold it
/// up.
const SIDE_CALL: Duration = Duration::from_secs(12);
/// Longest pause between retries. The keeper comes back by itself, so waiting longer in a call gains nothing.
const BACKOFF: Duration = Duration::from_secs(3);
/// Attempts of what may be repeated.
const ATTEMPTS: u32 = 3;
/// How long credentials may take to be found, a role assumed, a sign-on token refreshed.
const CREDENTIALS: Duration = Duration::from_secs(10);
/// How long the instance metadata service may take. It answers within milliseconds on an instance, and
/// elsewhere never.
const INSTANCE_METADATA: Duration = Duration::from_secs(1);

/// What tests and the demo set, and nobody else needs to.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where all services are, instead of AWS.
    pub endpoint_url: Option<String>,
    /// Access key id and secret key, instead of the standard chain.
    pub static_credentials: Option<(String, String)>,
    /// How long one attempt may take, instead of 10 seconds.
    pub attempt: Option<Duration>,
}

impl Aws {
    /// Makes the clients: the SDK's standard chain for credentials and endpoints, region, profile and role
    /// from the settings.
    ///
    /// Makes no call and never fails: credentials are looked for when the first call needs them. By `clock` calls are
    /// signed and credentials expire, put right by what AWS's answers say of the time.
    pub async fn connect(settings: &Settings, clock: &Clock, options: Options) -> Aws {
        Aws::connect_by(&settings.aws, clock, options).await
    }

    /// The same by that section of the settings alone.
    pub async fn connect_by(settings: &doorman_config::Aws, clock: &Clock, options: Options) -> Aws {
        let calls = Calls::default();
        let region = settings.region.clone();
        let attempt = options.attempt.unwrap_or(ATTEMPT);
        let time = AwsTime::by(clock);
        let sign_in = match options.static_credentials {
            Some(_) => None,
            None => SignIn::of(settings.profile.as_deref()).await,
        };
        let config = shared_config(settings, &time, options).await;

        let once = aws_sdk_ec2::config::Builder::from(&config)
            .retry_config(RetryConfig::disabled())
            .interceptor(Whole)
            .interceptor(calls.clone())
            .interceptor(time.clone());
        let ec2 = aws_sdk_ec2::config::Builder::from(&config)
            .interceptor(Whole)
            .interceptor(calls.clone())
            .interceptor(time.clone());
        let iam = aws_sdk_iam::config::Builder::from(&config)
            .timeout_config(time_limits(attempt, SIDE_CALL))
            .interceptor(Whole)
            .interceptor(calls.clone())
            .interceptor(time.clone());
        let ssm = aws_sdk_ssm::config::Builder::from(&config)
            .timeout_config(time_limits(attempt, SIDE_CALL))
            .interceptor(calls.clone())
            .interceptor(time.clone());
        let scheduler = aws_sdk_scheduler::config::Builder::from(&config)
            .timeout_config(time_limits(attempt, SIDE_CALL))
            .interceptor(calls.clone())
            .interceptor(time.clone());
        let sts = aws_sdk_sts::config::Builder::from(&config)
            .timeout_config(time_limits(attempt, SIDE_CALL))
            .interceptor(calls.clone())
            .interceptor(time.clone());
        let quotas = aws_sdk_servicequotas::config::Builder::from(&config)
            .interceptor(calls.clone())
            .interceptor(time.clone());

        Aws {
            inner: Arc::new(Inner {
                ec2: aws_sdk_ec2::Client::from_conf(ec2.build()),
                ec2_once: aws_sdk_ec2::Client::from_conf(once.build()),
                iam: aws_sdk_iam::Client::from_conf(iam.build()),
                scheduler: aws_sdk_scheduler::Client::from_conf(scheduler.build()),
                ssm: aws_sdk_ssm::Client::from_conf(ssm.build()),
                sts: aws_sdk_sts::Client::from_conf(sts.build()),
                quotas: aws_sdk_servicequotas::Client::from_conf(quotas.build()),
                region,
                profile: settings.profile.clone(),
                sign_in,
                account: OnceCell::new(),
                calls,
                time,
            }),
        }
    }
}

async fn shared_config(settings: &doorman_config::Aws, time: &AwsTime, options: Options) -> SdkConfig {
    let region = Region::new(settings.region.clone());
    let credentials = match options.static_credentials {
        Some((id, secret)) => {
            SharedCredentialsProvider::new(Credentials::new(id, secret, None, None, "doorman"))
        }
        None => standard_credentials(settings, region.clone()).await,
    };
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(region)
        .time_source(time.clone())
        .credentials_provider(credentials)
        .identity_cache(IdentityCache::lazy().load_timeout(CREDENTIALS).build())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(BACKOFF))
        .timeout_config(time_limits(options.attempt.unwrap_or(ATTEMPT), CALL));
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    let config = loader.load().await;

    let Some(role) = &settings.role_arn else {
        return config;
    };
    let assumed = AssumeRoleProvider::builder(role).session_name("doorman").configure(&config).build().await;
    config.into_builder().credentials_provider(SharedCredentialsProvider::new(assumed)).build()
}

/// The SDK's standard chain, but with little patience for the instance metadata service: without any
/// credentials the answer must be a clear no, soon.
async fn standard_credentials(settings: &doorman_config::Aws, region: Region) -> SharedCredentialsProvider {
    let metadata = aws_config::imds::Client::builder()
        .max_attempts(1)
        .connect_timeout(INSTANCE_METADATA)
        .read_timeout(INSTANCE_METADATA)
        .build();
    let mut chain = DefaultCredentialsChain::builder().region(region).imds_client(metadata);
    if let Some(profile) = &settings.profile {
        chain = chain.profile_name(profile);
    }
    SharedCredentialsProvider::new(chain.build().await)
}

fn time_limits(attempt: Duration, call: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(attempt)
        .operation_timeout(call)
        .build()
}
