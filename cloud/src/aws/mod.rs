//! The only code that names the AWS SDK.
