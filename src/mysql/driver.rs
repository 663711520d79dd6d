//! What the driver is told once for the whole process.

/// The driver keeps the buffers of packets that it has read, and gives them out in turn: in the end each of
/// them is as large as this allows (4 MiB, unless it is told otherwise), which a few large values suffice
/// for. It has no other ear than the environment.
const SETTINGS: &str = "MYSQL_ASYNC_BUFFER_SIZE_CAP=65536";

/// Keeps what the driver holds between two packets small. To be called before any thread is started: the
/// environment belongs to all of them. What a person has set stays.
pub fn cap_driver_buffers() {
    dotenvy::from_read(SETTINGS.as_bytes()).expect("one well-formed line");
}
