//! Sessions that write to a source as a Mattermost server does, and what they have written as witnesses.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use migration_assist::mysql::{Access, Connection, Dsn, Error};
use migration_assist::postgres;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// Sessions that write until they are stopped.
pub struct LiveWriter {
    stop: Arc<AtomicBool>,
    written: Arc<AtomicU64>,
    sessions: Vec<JoinHandle<Witness>>,
}

/// The rows of their own that sessions have written, by table and key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Witness(BTreeMap<(String, String), Written>);

/// What a row has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// It has a text with this hash.
    Text(u64),
    Absent,
    /// The server was lost before it acknowledged a statement.
    Unknown,
}

impl LiveWriter {
    /// Begins to write with sessions of these numbers, which no earlier ones had, and about so many
    /// statements a second in all.
    pub fn start(dsn: &Dsn, numbers: Range<u64>, rate: u64) -> Self {
        let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let count = numbers.end - numbers.start;
        let pause = Duration::from_micros(1_000_000 * count / rate.max(1));
        let session = |number| {
            let (stop, written) = (Arc::clone(&stop), Arc::clone(&written));
            let session =
                Session { dsn: dsn.clone(), number, count: 0, witness: Witness::default() };
            tokio::spawn(session.run(stop, written, pause))
        };
        let sessions = numbers.map(session).collect();
        Self { stop, written, sessions }
    }

    /// How many statements were acknowledged.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Ends the sessions.
    pub async fn stop(self) -> Witness {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Witness::default();
        for session in self.sessions {
            all.extend(session.await.expect("a session ends"));
        }
        all
    }
}

impl Witness {
    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    fn note(&mut self, table: &str, key: &str, text: Option<&str>) {
        let written = text.map_or(Written::Absent, |text| Written::Text(hash(text)));
        self.0.insert((table.to_owned(), key.to_owned()), written);
    }

    /// Adds the rows of later sessions.
    pub fn extend(&mut self, later: Self) {
        self.0.extend(later.0);
    }

    /// As lines that [`Self::parse`] reads.
    pub fn print(&self) -> String {
        let mut text = String::new();
        for ((table, key), written) in &self.0 {
            let written = match written {
                Written::Text(hash) => hash.to_string(),
                Written::Absent => "absent".to_owned(),
                Written::Unknown => "unknown".to_owned(),
            };
            writeln!(text, "{table} {key} {written}").expect("memory");
        }
        text
    }

    /// Reads what was printed; `None` if it is something else.
    pub fn parse(text: &str) -> Option<Self> {
        let line = |line: &str| {
            let mut words = line.split(' ');
            let key = (words.next()?.to_owned(), words.next()?.to_owned());
            let written = match words.next()? {
                "absent" => Written::Absent,
                "unknown" => Written::Unknown,
                hash => Written::Text(hash.parse().ok()?),
            };
            Some((key, written))
        };
        text.lines().map(line).collect::<Option<_>>().map(Self)
    }

    /// What the target has otherwise than it was written.
    pub async fn differences(
        &self,
        target: &postgres::Connection,
    ) -> Result<Vec<String>, postgres::Error> {
        let mut found = BTreeMap::new();
        for (table, query) in WITNESSED {
            for row in target.query(query, &[]).await? {
                let (key, text): (String, String) = (row.get(0), row.get(1));
                found.insert((table.to_owned(), key), hash(&text));
            }
        }
        let differs = |(key, written): (&(String, String), &Written)| {
            let now = found.get(key).map_or(Written::Absent, |&hash| Written::Text(hash));
            let is_wrong = *written != Written::Unknown && *written != now;
            is_wrong.then(|| format!("{} {}: {written:?}, not {now:?}", key.0, key.1))
        };
        let mut differences: Vec<String> = self.0.iter().filter_map(differs).collect();
        let unknown = found.keys().filter(|key| !self.0.contains_key(key));
        differences.extend(unknown.map(|(table, key)| format!("{table} {key}: not written")));
        Ok(differences)
    }
}

/// What is read of the rows that the sessions own.
const WITNESSED: [(&str, &str); 3] = [
    (
        "posts",
        "SELECT id::text, message || '|' || deleteat::text FROM public.posts
         WHERE id LIKE 'live%' AND originalid = ''",
    ),
    (
        "preferences",
        "SELECT name::text, value::text FROM public.preferences WHERE userid LIKE 'live%'",
    ),
    (
        "pluginkeyvaluestore",
        "SELECT pkey::text, encode(pvalue, 'escape') FROM public.pluginkeyvaluestore
         WHERE pluginid = 'live'",
    ),
];

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// What a statement does to a row of the session: its table, its key and its text.
type Outcome = (&'static str, String, Option<String>);

struct Session {
    dsn: Dsn,
    number: u64,
    count: u64,
    witness: Witness,
}

impl Session {
    async fn run(
        mut self,
        stop: Arc<AtomicBool>,
        written: Arc<AtomicU64>,
        pause: Duration,
    ) -> Witness {
        let mut ticks = interval(pause.max(Duration::from_micros(1)));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut connection = None;
        while !stop.load(Ordering::Relaxed) {
            ticks.tick().await;
            let (sql, outcomes) = self.next();
            match attempt(&self.dsn, &mut connection, &sql).await {
                Ok(()) => {
                    written.fetch_add(1, Ordering::Relaxed);
                    for (table, key, text) in outcomes {
                        self.witness.note(table, &key, text.as_deref());
                    }
                }
                // The server may have committed it or not; later statements leave these rows alone.
                Err(error) if error.is_connection_lost() => {
                    for (table, key, _) in outcomes {
                        self.witness.0.insert((table.to_owned(), key), Written::Unknown);
                    }
                    connection = None;
                    sleep(Duration::from_millis(50)).await;
                }
                // Sessions block each other now and then: the server has rolled it back.
                Err(error) if error.is_given_up() => {}
                Err(error) => panic!("{error}: {sql:.200}"),
            }
        }
        self.witness
    }

    /// A post of this session, by its number.
    fn post(&self, number: u64) -> String {
        format!("live{:06}{number:016}", self.number)
    }

    /// The next statement, and what it leaves.
    #[allow(clippy::too_many_lines, reason = "a list of statements")]
    fn next(&mut self) -> (String, Vec<Outcome>) {
        self.count += 1;
        let (number, count) = (self.number, self.count);
        let user = format!("live{number:022}");
        let id = self.post(count);
        // An earlier post: the last statement of that kind was some steps ago.
        let earlier = self.post(count / 20 * 20 + 1);
        let text = match count % 50 {
            0 => "x".repeat(60_000),
            1..=5 => format!("emoji \u{1f600} quote ' backslash \\\\ tab \\t {count}"),
            _ => format!("message {count} of session {number}"),
        };
        // As the server reads the literal.
        let stored = text.replace("\\\\", "\\").replace("\\t", "\t");
        let literal = text.replace('\'', "''");
        let columns = "Id, CreateAt, UpdateAt, EditAt, DeleteAt, IsPinned, UserId, ChannelId, RootId, \
                       OriginalId, Message, Type, Props, Hashtags, Filenames, FileIds, HasReactions";
        let values = |id: &str, original: &str| {
            format!(
                "'{id}', {count}, {count}, 0, 0, 0, '{user}', (SELECT Id FROM Channels ORDER BY Id \
                 LIMIT 1), '', '{original}', '{literal}', '', '{{\"n\": {count}}}', '', '[]', '[]', 0"
            )
        };
        let post = ("posts", id.clone(), Some(format!("{stored}|0")));
        match count % 20 {
            // A post, as the server writes it: the channel's counters change too.
            1 | 4 | 7 | 10 | 13 => (
                format!(
                    "START TRANSACTION; INSERT INTO Posts ({columns}) VALUES ({});
                     UPDATE Channels SET TotalMsgCount = TotalMsgCount + 1, LastPostAt = {count}
                     WHERE Name = 'town-square' ORDER BY Id LIMIT 1; COMMIT",
                    values(&id, "")
                ),
                vec![post],
            ),
            // An edit keeps the old text in a row of its own.
            2 => (
                format!(
                    "START TRANSACTION; INSERT INTO Posts ({columns}) VALUES ({});
                     UPDATE Posts SET Message = '{literal}', EditAt = {count} WHERE Id = '{earlier}';
                     COMMIT",
                    values(&id, &earlier)
                ),
                self.if_written(&earlier, format!("{stored}|0")),
            ),
            3 => (
                format!("UPDATE Posts SET DeleteAt = {count}, Message = 'd' WHERE Id = '{earlier}'"),
                self.if_written(&earlier, format!("d|{count}")),
            ),
            // Retention deletes for good.
            5 => {
                let old = self.post((count / 40 * 20).saturating_sub(13));
                let gone = vec![("posts", old.clone(), None)];
                (format!("DELETE FROM Posts WHERE Id = '{old}'"), gone)
            }
            6 | 8 => {
                let name = format!("p{number}x{}", count % 200);
                let sql = format!(
                    "INSERT INTO Preferences (UserId, Category, Name, Value)
                     VALUES ('{user}', 'live', '{name}', '{count}') ON DUPLICATE KEY UPDATE Value = '{count}'"
                );
                (sql, vec![("preferences", name, Some(count.to_string()))])
            }
            9 => {
                let name = format!("p{number}x{}", (count + 3) % 200);
                let sql = format!(
                    "DELETE FROM Preferences WHERE UserId = '{user}' AND Name = '{name}'"
                );
                (sql, vec![("preferences", name, None)])
            }
            11 => {
                let key = format!("k{number}x{}", count % 300);
                let value = if count % 1000 == 11 { "v".repeat(1 << 20) } else { format!("v{count}") };
                let sql = format!(
                    "INSERT INTO PluginKeyValueStore (PluginId, PKey, PValue, ExpireAt)
                     VALUES ('live', '{key}', '{value}', 0) ON DUPLICATE KEY UPDATE PValue = '{value}'"
                );
                (sql, vec![("pluginkeyvaluestore", key, Some(value))])
            }
            12 => {
                let sql = format!(
                    "INSERT INTO Status (UserId, Status, Manual, LastActivityAt, DNDEndTime, PrevStatus)
                     VALUES ('{user}', 'away', 0, {count}, 0, '')
                     ON DUPLICATE KEY UPDATE Status = 'online', LastActivityAt = {count}"
                );
                (sql, Vec::new())
            }
            // A mention of everyone.
            14 => {
                let sql = format!(
                    "UPDATE ChannelMembers SET MentionCount = MentionCount + 1, LastUpdateAt = {count}
                     WHERE ChannelId = (SELECT Id FROM Channels ORDER BY Id LIMIT 1 OFFSET {})",
                    count % 5
                );
                (sql, Vec::new())
            }
            15 => {
                let sql = format!("UPDATE Sessions SET LastActivityAt = {count} ORDER BY Id LIMIT 3");
                (sql, Vec::new())
            }
            // What is rolled back never was.
            16 => {
                let sql = format!(
                    "START TRANSACTION; INSERT INTO Posts ({columns}) VALUES ({}); ROLLBACK",
                    values(&id, "")
                );
                (sql, Vec::new())
            }
            17 => (
                format!(
                    "START TRANSACTION; INSERT INTO Posts ({columns}) VALUES ({}); SAVEPOINT a;
                     DELETE FROM Posts WHERE Id = '{id}'; ROLLBACK TO SAVEPOINT a; COMMIT",
                    values(&id, "")
                ),
                vec![post],
            ),
            18 => {
                let policy = format!("lp{number:06}{:018}", count % 3);
                let sql = format!(
                    "START TRANSACTION; DELETE FROM RetentionPolicies WHERE Id = '{policy}';
                     INSERT INTO RetentionPolicies (Id, DisplayName, PostDuration)
                     VALUES ('{policy}', 'live', {count});
                     INSERT INTO RetentionPoliciesTeams (PolicyId, TeamId)
                     VALUES ('{policy}', 't{number}x{}'); COMMIT",
                    count % 3
                );
                (sql, Vec::new())
            }
            _ => {
                let sql = format!(
                    "INSERT INTO Audits (Id, CreateAt, UserId, Action, ExtraInfo, IpAddress, SessionId)
                     VALUES ('{id}', {count}, '{user}', '/api/v4/posts', '', '127.0.0.1', '')"
                );
                (sql, Vec::new())
            }
        }
    }

    /// The outcome of an update of a post, which changes nothing if there is none.
    fn if_written(&self, id: &str, text: String) -> Vec<Outcome> {
        match self.witness.0.get(&("posts".to_owned(), id.to_owned())) {
            Some(Written::Text(_)) => vec![("posts", id.to_owned(), Some(text))],
            _ => Vec::new(),
        }
    }
}

/// Runs statements; an open transaction is given up if one fails.
async fn attempt(dsn: &Dsn, connection: &mut Option<Connection>, sql: &str) -> Result<(), Error> {
    if connection.is_none() {
        // A server that was restarted is another instance.
        dsn.instances.forget();
        *connection = Some(Connection::connect(dsn, Access::Writing).await?);
    }
    let session = connection.as_mut().expect("it is open");
    let outcome = session.execute(sql).await.map(drop);
    if outcome.as_ref().is_err_and(|error| !error.is_connection_lost()) {
        session.execute("ROLLBACK").await?;
    }
    outcome
}
