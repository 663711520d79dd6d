//! The sample workspace of the demonstration and the bench.
//!
//! `create SERVER NAME` makes a database and prints its DSN, `drop SERVER NAME` removes it;
//! `load DSN [POSTS] [clean]` fills an empty MySQL or MariaDB database; `compare MYSQL POSTGRES` compares
//! every row of both sides and prints the rows of each table.
#![allow(clippy::print_stdout, reason = "a program of its own, for scripts")]

mod compare;
mod databases;
mod load;

use std::error::Error;
use std::process::ExitCode;

use migration_assist::migrations;
use migration_assist::mysql::{self, Access};
use migration_assist::postgres::{self, Defaults};

type Arguments = std::iter::Skip<std::env::Args>;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("load") => load_workspace(arguments).await,
        Some("compare") => compare_sides(arguments).await,
        Some("create") => {
            println!("{}", server(&mut arguments)?.create(&name(&mut arguments)?).await?);
            Ok(ExitCode::SUCCESS)
        }
        Some("drop") => {
            server(&mut arguments)?.drop(&name(&mut arguments)?).await?;
            Ok(ExitCode::SUCCESS)
        }
        _ => Err("say `create SERVER NAME`, `drop SERVER NAME`, `load DSN [POSTS] [clean]` or `compare MYSQL POSTGRES`".into()),
    }
}

fn server(arguments: &mut Arguments) -> Result<databases::Server, Box<dyn Error>> {
    databases::Server::parse(&arguments.next().ok_or("give a server's DSN")?)
}

fn name(arguments: &mut Arguments) -> Result<String, Box<dyn Error>> {
    Ok(arguments.next().ok_or("give a database's name")?)
}

async fn load_workspace(mut arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let dsn: mysql::Dsn = arguments.next().ok_or("give a DSN")?.parse()?;
    let posts = arguments.next().map_or(Ok(4000), |posts| posts.parse())?;
    let awkward = arguments.next().as_deref() != Some("clean");
    let mut connection = mysql::Connection::connect(&dsn, Access::Writing).await?;
    load::load(&mut connection, load::Sample { posts, awkward }).await?;
    Ok(ExitCode::SUCCESS)
}

async fn compare_sides(mut arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let source: mysql::Dsn = arguments.next().ok_or("give two DSNs")?.parse()?;
    let target = arguments.next().ok_or("give two DSNs")?;
    let target = postgres::Dsn::parse(&target, &Defaults::default())?;
    let mut source = mysql::Connection::connect(&source, Access::ReadOnly).await?;
    let target = postgres::Connection::connect(&target).await?;
    let applied = postgres::applied_migrations(&target, "public").await?.unwrap_or_default();
    let set = applied.into_iter().map(|(number, _)| number).collect();
    let model = migrations::target_model(&set)?;
    let tables = compare::compare(&mut source, &target, "public", &model).await;
    println!("{:28} {:>8} {:>8}  rows that differ", "table", "MySQL", "Postgres");
    for table in &tables {
        let (name, differing) = (&table.table, table.differences.len());
        println!("{name:28} {:>8} {:>8}  {differing}", table.source_rows, table.target_rows);
    }
    let equal = !tables.is_empty() && tables.iter().all(|table| table.differences.is_empty());
    Ok(if equal { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
