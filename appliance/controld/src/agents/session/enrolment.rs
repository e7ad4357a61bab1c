//! An enrolment: one question, one answer.

use tokio::io::{AsyncRead, AsyncWrite};

use super::super::counters::count;
use super::super::frames::Frames;
use super::{End, Session};

pub(super) async fn run<S: AsyncRead + AsyncWrite + Unpin>(
    session: &Session,
    frames: &mut Frames<S>,
    token: &str,
    csr_pem: &str,
) -> Result<(), End> {
    let answer = session.answer(session.shared.desk.enrol(token, csr_pem)).await?;
    session.reply(frames, answer).await?;
    count(&session.shared.counters.agents_sessions);
    Ok(())
}
