//! Fills an empty MySQL or MariaDB database with the sample workspace, for the demonstration and the
//! bench: `cargo run --example sample_workspace -- DSN [POSTS] [clean]`.

mod load;

use std::error::Error;

use migration_assist::mysql::{Access, Connection, Dsn};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let dsn: Dsn = arguments.next().ok_or("give a DSN")?.parse()?;
    let posts = arguments.next().map_or(Ok(4000), |posts| posts.parse())?;
    let awkward = arguments.next().as_deref() != Some("clean");
    let mut connection = Connection::connect(&dsn, Access::Writing).await?;
    load::load(&mut connection, load::Sample { posts, awkward }).await?;
    Ok(())
}
