//! The container image without a container engine: unpacked, and run as its user in a network of its own.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use migration_assist::mysql::{Address, Flavour};
use migration_assist::postgres::Host;
use serde_json::Value;
use tokio::io::copy_bidirectional;
use tokio::net::{UnixListener, UnixStream};

use crate::one_file::static_binary;
use crate::sample::Sample;
use crate::support::mysql::{Source, variable};
use crate::support::postgres::{Database, setting};
use crate::support::program::{Run, finish};
use crate::workspace::load;

/// The user that the image runs as.
const USER: u32 = 65532;

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Builds the image of a binary for two architectures: the archive's path and its digest.
fn build_image(binary: &Path, folder: &Path, name: &str) -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/build-image");
    let archive = folder.join(name);
    let [amd64, arm64] = ["amd64", "arm64"].map(|it| format!("{it}={}", binary.display()));
    run(text(&script), &[text(&archive), "migration-assist:test", &amd64, &arm64]);
    archive
}

/// The unpacked image of one architecture.
struct Unpacked {
    folder: tempfile::TempDir,
    settings: Value,
}

impl Unpacked {
    fn new(archive: &Path, architecture: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (layout, root) = (folder.path().join("layout"), folder.path().join("root"));
        fs::create_dir_all(&layout).expect("a folder");
        fs::create_dir_all(&root).expect("a folder");
        run("tar", &["-xf", text(archive), "-C", text(&layout)]);
        let read = |descriptor: &Value| -> Value {
            let blob = blob(&layout, descriptor);
            serde_json::from_slice(&fs::read(blob).expect("a blob")).expect("JSON")
        };
        let index: Value =
            serde_json::from_slice(&fs::read(layout.join("index.json")).expect("an index"))
                .expect("JSON");
        let index = read(&index["manifests"][0]);
        let manifests = index["manifests"].as_array().expect("manifests");
        assert_eq!(manifests.len(), 2, "one manifest for each architecture");
        let of_architecture = |it: &&Value| it["platform"]["architecture"] == architecture;
        let manifest = read(manifests.iter().find(of_architecture).expect("a manifest"));
        let config = read(&manifest["config"]);
        assert_eq!(config["architecture"], architecture);
        for layer in manifest["layers"].as_array().expect("layers") {
            let layer = blob(&layout, layer);
            run(
                "tar",
                &["-xzpf", text(&layer), "--numeric-owner", "--same-owner", "-C", text(&root)],
            );
        }
        // The test's folder is private; the image's user has to enter it.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        Self { folder, settings: config["config"].clone() }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// Runs the entry point as a container engine would with `--network none`.
    fn run(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new("unshare");
        let user = USER.to_string();
        command.args(["--net", "--root", text(&self.root()), "--wd"]);
        command.arg(self.settings["WorkingDir"].as_str().expect("a folder"));
        command.args(["--setgid", &user, "--setuid", &user]);
        command.arg(self.settings["Entrypoint"][0].as_str().expect("a program")).args(arguments);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::null());
        finish(command)
    }
}

/// The file of a descriptor, whose digest is checked.
fn blob(layout: &Path, descriptor: &Value) -> PathBuf {
    let digest =
        descriptor["digest"].as_str().and_then(|it| it.strip_prefix("sha256:")).expect("a digest");
    let path = layout.join("blobs/sha256").join(digest);
    assert!(run("sha256sum", &[text(&path)]).starts_with(digest), "{}", path.display());
    assert_eq!(descriptor["size"].as_u64(), Some(path.metadata().expect("a blob").len()));
    path
}

/// Every path below a folder with its size, owner and mode, sorted.
fn list(folder: &Path, found: &mut Vec<(PathBuf, u64, u32, u32)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let metadata = path.symlink_metadata().expect("metadata");
        let size = if metadata.is_file() { metadata.len() } else { 0 };
        found.push((path.clone(), size, metadata.uid(), metadata.mode()));
        if metadata.is_dir() {
            list(&path, found);
        }
    }
    found.sort();
}

/// Passes what comes to a socket on to another one.
fn relay(from: &Path, to: PathBuf) {
    let listener = UnixListener::bind(from).expect("a socket");
    fs::set_permissions(from, fs::Permissions::from_mode(0o777)).expect("permissions");
    tokio::spawn(async move {
        while let Ok((mut outside, _)) = listener.accept().await {
            let to = to.clone();
            tokio::spawn(async move {
                if let Ok(mut server) = UnixStream::connect(to).await {
                    // Either side may hang up as it likes.
                    drop(copy_bidirectional(&mut outside, &mut server).await);
                }
            });
        }
    });
}

#[test]
fn equal_binaries_give_equal_images() {
    let folder = tempfile::tempdir().expect("a folder");
    let binary = folder.path().join("binary");
    fs::write(&binary, "#!/bin/sh\n").expect("written");
    let [first, second] = ["a.tar", "b.tar"].map(|it| build_image(&binary, folder.path(), it));
    assert!(fs::read(first).expect("an image") == fs::read(second).expect("an image"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_image_migrates_as_its_user_without_a_network() {
    let folder = tempfile::tempdir().expect("a folder");
    let image = Unpacked::new(&build_image(&static_binary(), folder.path(), "image.tar"), "amd64");
    assert_eq!(image.settings["User"], "65532:65532");
    let root = image.root();
    // Nothing but the working directory, which is a volume, can be written.
    fs::set_permissions(root.join("tmp"), fs::Permissions::from_mode(0o555)).expect("permissions");
    let sockets = root.join("sockets");
    fs::create_dir(&sockets).expect("a folder");

    let mut source = Source::create(Flavour::MariaDb).await;
    load(&source, Sample { posts: 600, awkward: false }).await;
    let target = Database::create().await;
    relay(&sockets.join("mysql"), variable("MIGRATION_ASSIST_TEST_MARIADB_SOCKET").into());
    let name = format!(".s.PGSQL.{}", target.dsn.port);
    relay(&sockets.join(&name), Path::new(&setting("_SOCKET_DIR")).join(&name));
    source.dsn.address = Address::Socket("/sockets/mysql".to_owned());
    let mut postgres = target.dsn.clone();
    postgres.host = Host::new("/sockets".to_owned());
    let files = root.join("dsns");
    fs::create_dir(&files).expect("a folder");
    fs::write(files.join("mysql"), source.dsn.render().expose()).expect("written");
    fs::write(files.join("postgres"), postgres.render()).expect("written");

    let mut before = Vec::new();
    list(&root, &mut before);
    assert!(image.run(&["version"]).expect(0).stdout.starts_with("migration-assist "));
    let dsns = ["--mysql-dsn-file", "/dsns/mysql", "--postgres-dsn-file", "/dsns/postgres"];
    image
        .run(&[&["migrate", "--no-progress"], &dsns[..]].concat())
        .expect(0)
        .says("the target is proven equal");

    let mut after = Vec::new();
    list(&root, &mut after);
    after.retain(|it| !before.contains(it));
    let written: Vec<_> =
        after.iter().map(|it| (it.0.strip_prefix(&root).expect("below"), it.2)).collect();
    assert_eq!(written, [(Path::new("work/quarantine.jsonl"), USER)]);
}
