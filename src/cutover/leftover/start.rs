//! How Mattermost is started: the commands that start it, stop it and show its log.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use crate::shell::shell_word;

/// How Mattermost is started.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Start {
    /// By compose.
    Compose {
        /// The directory of the compose file.
        folder: PathBuf,
        /// The file, if compose does not find it by itself.
        #[serde(skip_serializing_if = "Option::is_none")]
        file: Option<PathBuf>,
        /// The service.
        service: String,
    },
    /// As a container without a description: it has to be created again.
    Container {
        /// `docker` or `podman`.
        engine: &'static str,
        /// Its name.
        name: String,
    },
    /// By Kubernetes.
    Kubernetes {
        /// The manifest.
        file: PathBuf,
    },
    /// By a process supervisor or an init script.
    Supervisor {
        /// The command that starts Mattermost.
        start: String,
        /// The command that stops it.
        stop: String,
    },
    /// By systemd.
    Unit {
        /// The unit, without `.service`.
        name: String,
    },
}

impl Start {
    pub(super) fn unit(&self) -> Option<String> {
        match self {
            Self::Unit { name } => Some(name.clone()),
            _ => None,
        }
    }

    /// The command that stops Mattermost.
    #[must_use]
    pub fn stop(&self) -> String {
        match self {
            Self::Unit { name } => format!("systemctl stop {}", shell_word(name)),
            Self::Compose { .. } => self.to_string().replacen(" up -d ", " stop ", 1),
            Self::Container { engine, name } => format!("{engine} stop {}", shell_word(name)),
            Self::Kubernetes { file } => {
                format!("kubectl scale --replicas=0 -f {}", shell_word(&file.to_string_lossy()))
            }
            Self::Supervisor { stop, .. } => stop.clone(),
        }
    }

    /// The command that follows Mattermost's log, if its name is known.
    #[must_use]
    pub fn log(&self) -> Option<String> {
        match self {
            Self::Unit { name } => Some(format!("journalctl -u {} -f", shell_word(name))),
            Self::Compose { .. } => Some(self.to_string().replacen(" up -d ", " logs -f ", 1)),
            Self::Container { engine, name } => {
                Some(format!("{engine} logs -f {}", shell_word(name)))
            }
            Self::Kubernetes { .. } | Self::Supervisor { .. } => None,
        }
    }

    /// Whether Mattermost runs in a container.
    #[must_use]
    pub fn is_container(&self) -> bool {
        matches!(self, Self::Compose { .. } | Self::Container { .. } | Self::Kubernetes { .. })
    }
}

/// The command that starts Mattermost. Only the working directory is a folder of the caller: compose gets its
/// files as absolute paths.
impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unit { name } => write!(f, "systemctl start {}", shell_word(name)),
            Self::Compose { file: Some(file), service, .. } => {
                let (file, service) = (shell_word(&file.to_string_lossy()), shell_word(service));
                write!(f, "docker compose -f {file} up -d {service}")
            }
            Self::Compose { folder, service, .. } if folder.as_os_str().is_empty() => {
                write!(f, "docker compose up -d {}", shell_word(service))
            }
            Self::Compose { folder, service, .. } => {
                let (folder, service) =
                    (shell_word(&folder.to_string_lossy()), shell_word(service));
                write!(f, "cd {folder} && docker compose up -d {service}")
            }
            Self::Container { engine, name } => write!(f, "{engine} start {}", shell_word(name)),
            Self::Kubernetes { file } => {
                write!(f, "kubectl apply -f {}", shell_word(&file.to_string_lossy()))
            }
            Self::Supervisor { start, .. } => f.write_str(start),
        }
    }
}
