//! The sample company: its database written out, and a workspace that reads from it.

use super::workspace::{self, Contents};
use super::{Jobs, Pending};
use crate::app::problem::Problem;

/// Writes the sample company into the data folder and makes a workspace with it as the source. A sample made before is opened
/// again as it is.
pub fn sample(jobs: &Jobs) -> Pending<Result<Contents, Problem>> {
    let folder = jobs.places().data.join("sample");
    let path = folder.join("Sample company.causeway");
    if path.exists() {
        return workspace::open(jobs, path);
    }
    workspace::create(jobs, path, "Sample company".into())
}
