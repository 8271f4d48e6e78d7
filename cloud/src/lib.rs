//! placeholder while the workspace compiles for the first time
