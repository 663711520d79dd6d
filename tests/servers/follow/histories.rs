//! Random histories: what is applied in batches with any borders equals the source, and applying a part of
//! it again changes nothing.

use migration_assist::ledger;
use migration_assist::mysql::binlog::Position;
use migration_assist::mysql::{Access, Flavour};

use super::site::Site;
use crate::copy::compare::assert_equal;
use crate::copy::random::Random;
use crate::support::mysql::open;
use crate::support::own_server::on_servers_of_both_flavours;

on_servers_of_both_flavours!(random_histories_converge_from_anywhere);

const TABLES: &str = "
    CREATE TABLE Owners (Id varchar(4) PRIMARY KEY, Name varchar(4) UNIQUE, Text varchar(40));
    CREATE TABLE Things (OwnerId varchar(4), Nr int, Text varchar(40), PRIMARY KEY (OwnerId, Nr),
        FOREIGN KEY (OwnerId) REFERENCES Owners (Id) ON DELETE CASCADE ON UPDATE CASCADE);
    CREATE TABLE Notes (Id varchar(8) PRIMARY KEY, Value int UNIQUE, Text varchar(40))";

const ROUNDS: u64 = 8;
const STATEMENTS: u64 = 40;

/// A random statement. It may fail, for a key that exists or a parent that does not.
fn statement(random: &mut Random, number: u64) -> String {
    let mut letter = || char::from(b'a' + u8::try_from(random.below(6)).expect("a letter"));
    let (one, other) = (letter(), letter());
    let value = random.below(6);
    match random.below(13) {
        0 => format!("INSERT INTO Owners VALUES ('{one}', '{other}', 'new {number}')"),
        1 => format!("UPDATE Owners SET Text = 'text {number}' WHERE Id >= '{one}'"),
        2 => format!("DELETE FROM Owners WHERE Id = '{one}'"),
        // Not of the key: what follows a changed key by a foreign key is exact only behind the overlap.
        3 => format!("UPDATE Owners SET Name = '{other}' WHERE Id = '{one}'"),
        4 => format!("REPLACE INTO Notes VALUES ('{one}', {value}, 'replaced {number}')"),
        5 => format!("INSERT INTO Things VALUES ('{one}', {value}, 'thing {number}')"),
        6 => format!("UPDATE Things SET Nr = Nr + 1, Text = '{number}' ORDER BY OwnerId, Nr DESC"),
        7 => format!("INSERT INTO Notes VALUES ('{one}', {value}, 'note {number}')"),
        // By case only, which one side counts as the same.
        8 => format!("UPDATE Notes SET Id = IF(BINARY Id = '{one}', UPPER(Id), LOWER(Id)) WHERE Id = '{one}'"),
        // Two rows exchange their values.
        9 => format!(
            "START TRANSACTION;
             SET @one = (SELECT Value FROM Notes WHERE Id = '{one}'), @other = (SELECT Value FROM Notes WHERE Id = '{other}');
             UPDATE Notes SET Value = NULL WHERE Id = '{one}';
             UPDATE Notes SET Value = @one WHERE Id = '{other}';
             UPDATE Notes SET Value = @other WHERE Id = '{one}'; COMMIT"
        ),
        10 if value < 2 => "TRUNCATE TABLE Notes".to_owned(),
        11 => format!(
            "START TRANSACTION; DELETE FROM Owners WHERE Id = '{one}';
             INSERT INTO Owners VALUES ('{one}', NULL, 'again {number}');
             INSERT INTO Things VALUES ('{one}', {value}, 'again {number}'); {}",
            if value < 3 { "COMMIT" } else { "ROLLBACK" }
        ),
        _ => format!("DELETE FROM Notes WHERE Value = {value}"),
    }
}

async fn random_histories_converge_from_anywhere(flavour: Flavour) {
    let site = Site::start(flavour).await;
    site.pair.sql(TABLES).await;
    let mut random = Random::new("random histories");
    let mut connection = open(&site.mattermost, Access::Writing).await;
    let target = site.pair.target.connect().await;
    let mut number = 0;
    let mut write = async |random: &mut Random, count: u64| {
        for _ in 0..count {
            number += 1;
            let sql = statement(random, number);
            // What fails changes nothing, and is rolled back.
            if connection.execute(&sql).await.is_err() {
                connection.execute("ROLLBACK").await.expect("a session");
            }
        }
    };
    write(&mut random, STATEMENTS).await;
    site.run(&["copy", "--live", "--no-check", "--copy-unknown"]).expect(0);
    let mut positions: Vec<Position> = Vec::new();
    for _ in 0..ROUNDS {
        write(&mut random, STATEMENTS).await;
        site.run(&["follow", "--until-caught-up"]).expect(0);
        assert_equal(&site.pair).await;
        let record = ledger::read_following(&target, "public").await.expect("a record");
        positions.push(record.expect("a record").position);
    }
    // While rows are ahead of the log, unique indexes are absent.
    let drop = "ALTER TABLE public.owners DROP CONSTRAINT owners_name_key;
        ALTER TABLE public.notes DROP CONSTRAINT notes_value_key";
    site.pair.target_sql(drop).await;
    for _ in 0..3 {
        let back = &positions[usize::try_from(random.below(ROUNDS)).expect("small")];
        // Rows are ahead of such a position, as after a copy.
        let offset = i64::try_from(back.offset).expect("small");
        let sql = "UPDATE migration_assist.following SET overlap_file = log_file,
                overlap_offset = log_offset, log_file = $1, log_offset = $2";
        target.execute(sql, &[&back.file, &offset]).await.expect("a record");
        site.run(&["follow", "--until-caught-up"]).expect(0);
        assert_equal(&site.pair).await;
    }
}
