//! The programs that write dumps, recognised by their first comments.

/// How a dump program marks a complete dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// A comment that begins with this text closes a complete dump.
    ClosingLine(&'static str),
    /// Not at all: an export that stopped, or that left out rows, ends like any other.
    Nothing,
}

/// A program that writes dumps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    /// The name, as in its manual.
    pub name: &'static str,
    promise: Promise,
}

/// A part of a program's first comments, in lower case, with the program. The first match counts.
const KNOWN: [(&str, &str); 34] = [
    ("phpmyadmin sql dump", "phpMyAdmin"),
    ("phpminiadmin dump", "phpMiniAdmin"),
    ("heidisql", "HeidiSQL"),
    ("navicat", "Navicat"),
    ("sequel pro sql dump", "Sequel Pro"),
    ("sequel ace sql dump", "Sequel Ace"),
    ("sqlyog", "SQLyog"),
    ("mysqldump-php", "mysqldump-php"),
    ("go sql dump", "go-mysqldump"),
    ("mydumper", "mydumper"),
    ("mysqlshell dump", "MySQL Shell"),
    ("mysql shell", "MySQL Shell"),
    ("mysql administrator dump", "MySQL Administrator"),
    ("mysql workbench", "MySQL Workbench"),
    ("dbforge", "dbForge Studio"),
    ("tableplus", "TablePlus"),
    ("dbeaver", "DBeaver"),
    ("datagrip", "DataGrip"),
    ("dbvisualizer", "DbVisualizer"),
    ("beekeeper", "Beekeeper Studio"),
    ("aqua data studio", "Aqua Data Studio"),
    ("toad for mysql", "Toad"),
    ("sql manager", "EMS SQL Manager"),
    ("mysql-front", "MySQL-Front"),
    ("mysqldumper", "MySQLDumper"),
    ("sypex dumper", "Sypex Dumper"),
    ("sqldumpsplitter", "SQLDumpSplitter"),
    ("razorsql", "RazorSQL"),
    ("squirrel sql", "SQuirreL SQL"),
    ("valentina studio", "Valentina Studio"),
    ("mysql database backup", "a backup plugin"),
    ("database export by", "an export plugin"),
    ("dump by", "an export program"),
    ("exported by", "an export program"),
];

impl Program {
    /// The program in a comment.
    pub(super) fn of_comment(comment: &str) -> Option<Self> {
        const COMPLETED: Promise = Promise::ClosingLine("Dump completed");
        let of = |name, promise| Some(Self { name, promise });
        if comment.starts_with("MySQL dump ") || comment == "MySQL dump" {
            return of("mysqldump", COMPLETED);
        }
        if comment.starts_with("MariaDB dump ") {
            return of("mariadb-dump", COMPLETED);
        }
        if comment.starts_with("Dump created by MySQL pump utility") {
            return of("mysqlpump", Promise::ClosingLine("Dump end time"));
        }
        let lower = comment.to_lowercase();
        if lower.starts_with("adminer ") && lower.contains("dump") {
            return of("Adminer", Promise::Nothing);
        }
        let (_, name) = KNOWN.iter().find(|(mark, _)| lower.contains(mark))?;
        of(name, Promise::Nothing)
    }

    /// mydumper, whose files do not name the program.
    pub(super) fn mydumper() -> Self {
        Self { name: "mydumper", promise: Promise::Nothing }
    }

    /// Whether a complete dump of it has a closing line.
    #[must_use]
    pub fn has_closing_line(&self) -> bool {
        self.promise != Promise::Nothing
    }

    /// Whether a comment is its closing line.
    pub(super) fn is_closed_by(&self, comment: &str) -> bool {
        matches!(self.promise, Promise::ClosingLine(line) if comment.starts_with(line))
    }
}

/// The server's version in a comment of any language, as the server prints it.
pub(super) fn server_version(comment: &str) -> Option<String> {
    let lower = comment.to_lowercase();
    if let Some(rest) = lower.strip_prefix("source server version") {
        return numeric_version(rest).or_else(|| version_in(rest));
    }
    // `Adminer 4.8.1 MySQL 10.11.6-MariaDB dump`, `Host: localhost (MySQL 8.0.36)`,
    // `MySQL - 5.7.44-log : Database - mm`.
    for front in ["mysql ", "mariadb ", "(mysql ", "mysql - "] {
        let Some(place) = lower.find(front) else { continue };
        let rest = comment.get(place + front.len()..)?;
        if rest.starts_with(|it: char| it.is_ascii_digit()) && !lower.starts_with("mysql dump") {
            return version_in(rest.split([' ', ')']).next()?);
        }
    }
    if lower.strip_prefix("server version").is_some_and(|it| !it.starts_with(char::is_alphabetic)) {
        return version_in(comment);
    }
    // phpMyAdmin and HeidiSQL translate the label, but not the version after it.
    let (label, value) = comment.split_once([':', '：'])?;
    let is_of_others = ["php", "heidisql", "adminer", "host"]
        .iter()
        .any(|word| label.to_lowercase().contains(word));
    let value = value.trim_start();
    (!is_of_others && value.starts_with(|it: char| it.is_ascii_digit()))
        .then(|| version_in(value.split_whitespace().next()?))?
}

/// The first version of three numbers in a text, with what is joined to it.
fn version_in(text: &str) -> Option<String> {
    let word = text.split([' ', '\t', ':', '：', '(', ')', ',']).find(|word| is_version(word))?;
    Some(word.to_owned())
}

/// Whether a word starts with three numbers that can be the version of a server, and is not an address.
fn is_version(word: &str) -> bool {
    let numbers: Vec<&str> = word.splitn(3, '.').collect();
    let [major, minor, rest] = numbers[..] else { return false };
    let patch: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let is_address = rest[patch.len()..].starts_with('.');
    let is_number = |text: &str, longest: usize| {
        (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    is_number(major, 2)
        && is_number(minor, 2)
        && is_number(&patch, 3)
        && major != "0"
        && !is_address
}

/// Navicat's `50744` and `101106`, before any text in parentheses.
fn numeric_version(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|it| !matches!(it, ' ' | ':')).collect();
    let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
    let number: u32 = digits.parse().ok().filter(|number| *number >= 50_000)?;
    Some(format!("{}.{}.{}", number / 10_000, number / 100 % 100, number % 100))
}

#[cfg(test)]
mod tests {
    use super::{Program, server_version};

    #[test]
    fn programs_are_known_by_their_first_comment() {
        for (comment, name, has_closing_line) in [
            ("MySQL dump 10.13  Distrib 9.7.0, for Linux (x86_64)", "mysqldump", true),
            ("MariaDB dump 10.19-11.8.2-MariaDB, for debian", "mariadb-dump", true),
            ("Dump created by MySQL pump utility, version: 8.0.36, linux", "mysqlpump", true),
            ("phpMyAdmin SQL Dump", "phpMyAdmin", false),
            ("Adminer 4.8.1 MySQL 10.11.6-MariaDB dump", "Adminer", false),
            ("HeidiSQL Version:             12.3.0.6589", "HeidiSQL", false),
            ("HeidiSQL Версия:             12.3.0.6589", "HeidiSQL", false),
            ("Navicat Premium Data Transfer", "Navicat", false),
            ("Sequel Ace SQL dump", "Sequel Ace", false),
            ("SQLyog Ultimate v12.09 (64 bit)", "SQLyog", false),
            ("MySQLShell dump 2.0.1  Distrib Ver 8.0.30", "MySQL Shell", false),
        ] {
            let program = Program::of_comment(comment).expect(comment);
            assert_eq!((program.name, program.has_closing_line()), (name, has_closing_line));
        }
        assert_eq!(Program::of_comment("Table structure for table `Posts`"), None);
    }

    #[test]
    fn a_server_version_is_read_in_any_language_or_unknown() {
        for (comment, version) in [
            ("Server version\t10.11.6-MariaDB-0+deb12u1", Some("10.11.6-MariaDB-0+deb12u1")),
            ("Server version: 10.11.6-MariaDB", Some("10.11.6-MariaDB")),
            (
                "Server version:               10.11.6-MariaDB - mariadb.org",
                Some("10.11.6-MariaDB"),
            ),
            ("Версия сервера: 8.0.36-0ubuntu0.22.04.1", Some("8.0.36-0ubuntu0.22.04.1")),
            ("Version du serveur :  5.7.26", Some("5.7.26")),
            ("サーバのバージョン： 5.5.5-10.4.32-MariaDB", Some("5.5.5-10.4.32-MariaDB")),
            ("Adminer 4.8.1 MySQL 10.11.6-MariaDB dump", Some("10.11.6-MariaDB")),
            ("Host: 127.0.0.1 (MySQL 8.0.29)", Some("8.0.29")),
            ("MySQL - 5.7.30-log : Database - mm", Some("5.7.30-log")),
            ("Source Server Version : 50744 (5.7.44)", Some("5.7.44")),
            ("Source Server Version : 101106", Some("10.11.6")),
            ("Server version\tunknown", None),
            ("Host: 127.0.0.1", None),
            ("Версия PHP: 8.2.4", None),
            ("PHP Version: 8.2.4", None),
            ("HeidiSQL Version:             12.3.0.6589", None),
            ("version 5.2.1", None),
            ("MySQL dump 10.13  Distrib 8.0.36, for Linux", None),
            ("Generation Time: Jan 01, 2025 at 04:16 PM", None),
            ("Erstellungszeit: 01.01.2025 um 16:16", None),
        ] {
            assert_eq!(server_version(comment).as_deref(), version, "{comment}");
        }
    }
}
