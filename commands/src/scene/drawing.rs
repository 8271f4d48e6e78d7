//! Drawing beside everything else: a picture keeps a processor busy for a tenth of a second.

use tokio::sync::Semaphore;

use crate::message::Picture;
use crate::picture::PictureError;

/// Pictures drawn at a time. People who ask for many at once wait for them rather than for everything.
static AT_A_TIME: Semaphore = Semaphore::const_new(1);

/// The picture that `draw` makes, under that file name; `None`, said in the log, when it cannot be made.
pub(crate) async fn drawn(
    name: &str,
    draw: impl FnOnce() -> Result<Vec<u8>, PictureError> + Send + 'static,
) -> Option<Picture> {
    let _turn = AT_A_TIME.acquire().await.ok()?;
    let drawing = tokio::task::spawn_blocking(move || draw().map_err(anyhow::Error::new)).await;
    match drawing.map_err(anyhow::Error::new).flatten() {
        Ok(png) => Some(Picture { name: name.to_owned(), png }),
        Err(error) => {
            tracing::error!("cannot draw {name}: {error:#}");
            None
        }
    }
}
