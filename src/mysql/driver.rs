//! A setting of the driver for the whole process.

/// The variable that caps the driver's idle buffers, and its value in bytes.
///
/// `mysql_async` keeps up to 128 packet buffers per process, each as large as the largest packet it has held,
/// up to this cap (default 4 MiB). The cap can be set only through the environment.
pub const DRIVER_BUFFER_CAP: (&str, &str) = ("MYSQL_ASYNC_BUFFER_SIZE_CAP", "65536");
