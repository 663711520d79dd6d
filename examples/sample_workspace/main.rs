//! The sample workspace of the demonstration and the bench.
//!
//! `create SERVER NAME` makes a database and prints its DSN, `drop SERVER NAME` removes it;
//! `load DSN [POSTS] [clean]` fills an empty MySQL or MariaDB database; `compare MYSQL POSTGRES` compares
//! every row of both sides and prints the rows of each table. `write DSN SESSIONS RATE [FIRST]` writes about so
//! many statements a second, as Mattermost does, until its standard input ends, and prints what it wrote; the
//! numbers of its sessions begin with FIRST, so that no two of them write the same rows;
//! `witness POSTGRES FILE` compares that with the target.
//! `account MYSQL` makes an account that may write to the database of a DSN, and prints its DSN; `post MYSQL
//! POSTGRES CONFIG STOP` posts until the file STOP exists.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program of its own, for scripts")]

mod compare;
mod databases;
mod live_writer;
mod load;
mod post;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

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
        Some("write") => write(arguments).await,
        Some("witness") => compare_with_witness(arguments).await,
        Some("create") => {
            println!("{}", server(&mut arguments)?.create(&name(&mut arguments)?).await?);
            Ok(ExitCode::SUCCESS)
        }
        Some("drop") => {
            server(&mut arguments)?.drop(&name(&mut arguments)?).await?;
            Ok(ExitCode::SUCCESS)
        }
        Some("account") => {
            let dsn: mysql::Dsn = arguments.next().ok_or("give a DSN")?.parse()?;
            println!("{}", databases::create_account(&dsn).await?);
            Ok(ExitCode::SUCCESS)
        }
        Some("post") => post_until_stopped(arguments).await,
        _ => Err("say `create SERVER NAME`, `drop SERVER NAME`, `load DSN [POSTS] [clean]`, `compare MYSQL POSTGRES`, `write DSN SESSIONS RATE [FIRST]` or `witness POSTGRES FILE`".into()),
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

async fn write(mut arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let dsn: mysql::Dsn = arguments.next().ok_or("give a DSN")?.parse()?;
    let mut number = || -> Result<u64, Box<dyn Error>> {
        Ok(arguments.next().ok_or("give the numbers of sessions and statements")?.parse()?)
    };
    let (sessions, rate) = (number()?, number()?);
    let first = arguments.next().map_or(Ok(0), |first| first.parse())?;
    let writer = live_writer::LiveWriter::start(&dsn, first..first + sessions, rate);
    let ended =
        tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
    ended.await??;
    let statements = writer.written();
    let witness = writer.stop().await;
    eprintln!("{statements} statements, {} rows", witness.len());
    print!("{}", witness.print());
    Ok(ExitCode::SUCCESS)
}

async fn compare_with_witness(mut arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let target = arguments.next().ok_or("give a DSN and a file")?;
    let target = postgres::Dsn::parse(&target, &Defaults::default())?;
    let text = std::fs::read_to_string(arguments.next().ok_or("give a DSN and a file")?)?;
    let witness = live_writer::Witness::parse(&text).ok_or("the file is none of `write`")?;
    let target = postgres::Connection::connect(&target).await?;
    let differences = witness.differences(&target).await?;
    differences.iter().take(20).for_each(|difference| println!("{difference}"));
    println!("{} rows written, {} of them differ", witness.len(), differences.len());
    Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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

async fn post_until_stopped(mut arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let source: mysql::Dsn = arguments.next().ok_or("give a MySQL DSN")?.parse()?;
    let target = arguments.next().ok_or("give a PostgreSQL DSN")?;
    let target = postgres::Dsn::parse(&target, &Defaults::default())?;
    let configuration = PathBuf::from(arguments.next().ok_or("give a configuration")?);
    let stop_file = PathBuf::from(arguments.next().ok_or("give a file")?);
    let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let watching = Arc::clone(&stop);
    tokio::spawn(async move {
        while !stop_file.exists() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        watching.store(true, Ordering::Relaxed);
    });
    let posted = post::post(&source, &configuration, &stop, acknowledged).await;
    let posted = posted.map_err(|error| error.to_string())?;
    let target = postgres::Connection::connect(&target).await?;
    let arrived = post::look(&target, &posted).await.map_err(|error| error.to_string())?;
    println!(
        "posts acknowledged by MySQL: {}; by PostgreSQL: {}; missing on PostgreSQL: {}; posts without their \
         count: {}",
        posted.on_source.len(),
        posted.on_target.len(),
        arrived.missing,
        arrived.posts - arrived.counted
    );
    match posted.stopped {
        Some(stopped) => println!("the client could not write for {:.2} s", stopped.as_secs_f64()),
        None => println!("the client never wrote to PostgreSQL"),
    }
    let is_whole = arrived.missing == 0 && arrived.posts == arrived.counted;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
